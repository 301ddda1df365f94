"""What the code of a repository imports, by a shallow clone without files: it takes no quota, and needs no token."""

import codecs
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from collectors.errors import ConnectError, GoneError, IncompleteError, NoAnswerError, NotSupportedError, SourceError
from collectors.git.process import LAZY, OFFLINE, ask, ask_bytes, run
from collectors.paper_code.repositories import Seen
from collectors.research.choose import chosen_files, chosen_manifests
from collectors.research.classify import Tree, classify, gone, unreadable

PATIENCE_S = 60.0
MOST_SILENT = 2
LARGEST_TEXT = 2**20
NO_COMMIT = "couldn't find remote ref HEAD"


def clone_repositories(names: Sequence[str], folder: Path, web_url: str) -> Iterator[Seen]:
    """Yield each repository as its clone shows it; raise NoAnswerError after two in a row that nobody answered for."""
    silent = 0
    for name in names:
        try:
            with _clone(name, folder, web_url) as (place, ends_at):
                yield _read(name, place, ends_at)
            silent = 0
        except GoneError as error:
            silent = 0
            yield Seen(name, gone(str(error)))
        except NotSupportedError:
            raise
        except IncompleteError as error:
            silent = 0
            empty = classify({}, {}, Tree())
            yield Seen(name, empty if NO_COMMIT in str(error) else unreadable(str(error)))
        except SourceError as error:
            silent += isinstance(error, NoAnswerError)
            if isinstance(error, ConnectError) or silent >= MOST_SILENT:
                raise
            yield Seen(name, unreadable(str(error)))


@contextmanager
def _clone(name: str, folder: Path, web_url: str) -> Iterator[tuple[Path, float]]:
    """Let the block read the newest commit of a repository, whose files are not there yet; nothing of it is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    place, ends_at = Path(mkdtemp(prefix="paper-", dir=folder)), time.monotonic() + PATIENCE_S
    try:
        run(place, "init", "--quiet", "--bare", "--template=", "--initial-branch=default", ends_at=ends_at)
        run(place, "config", "remote.origin.url", f"{web_url}/{name}.git", ends_at=ends_at)
        run(place, "config", "remote.origin.promisor", "true", ends_at=ends_at)
        run(place, "config", "remote.origin.partialclonefilter", "blob:none", ends_at=ends_at)
        only = ("--depth=1", "--filter=blob:none", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
        run(place, "fetch", "--quiet", *only, "origin", "+HEAD:refs/heads/default", ends_at=ends_at)
        yield place, ends_at
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _read(name: str, place: Path, ends_at: float) -> Seen:
    blobs = _blobs(place, ends_at)
    tree = Tree(tuple(blobs), None, is_whole=True)
    files, manifests = chosen_files(blobs), chosen_manifests(blobs)
    wanted = list(dict.fromkeys(blobs[path] for path in (*files, *manifests)))
    if wanted:
        only = ("--quiet", "--filter=blob:none", "--no-tags", "--no-write-fetch-head", "--depth=1")
        run(
            place,
            "-c",
            "fetch.negotiationAlgorithm=noop",
            "fetch",
            *only,
            "origin",
            *wanted,
            ends_at=ends_at,
            more=LAZY,
        )
    texts = {path: _text(place, blobs[path], ends_at) for path in (*files, *manifests)}
    named = {path: text for path in manifests if (text := texts[path])}
    sha = ask(place, "rev-parse", "refs/heads/default", ends_at=ends_at, more=OFFLINE).strip()
    verdict = classify({path: texts[path] for path in files}, named, tree)
    return Seen(name, verdict, commit_sha=sha, manifests=named)


def _blobs(place: Path, ends_at: float) -> dict[str, str]:
    """Return the object of every file by its path."""
    listed = ask(place, "ls-tree", "-r", "-z", "refs/heads/default", ends_at=ends_at, more=OFFLINE)
    found = (line.partition("\t") for line in listed.split("\0") if line)
    return {path: head.split()[2] for head, _, path in found if head.split()[1] == "blob"}


def _text(place: Path, oid: str, ends_at: float) -> str | None:
    """Return how a file that came begins, nothing where it is no text; None for one that did not come."""
    try:
        body = ask_bytes(place, "cat-file", "blob", oid, ends_at=ends_at, more=OFFLINE)
    except SourceError:
        return None
    is_wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # as PowerShell writes what it is told
    text = body.decode("utf-16" if is_wide else "utf-8", "replace")
    return "" if "\0" in text else text[:LARGEST_TEXT]
