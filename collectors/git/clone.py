"""A bare clone of the default branch, without files, kept and brought up to date by system git.

What arrives becomes the branch of the clone only where it begins with a commit with which the clone begins too: a
repository keeps its first commits, whatever is pushed to it later; another one under the same name has its own.
"""

import logging
import shutil
import time
from pathlib import Path

from filelock import FileLock, Timeout

from collectors.errors import GoneError, IncompleteError, NoAnswerError, SourceError
from collectors.git.process import (
    LAZY,
    OFFLINE,
    BrokenError,
    CloneError,
    HugeError,
    NoFilterError,
    NoGitError,
    TimeUpError,
    ask,
    run,
)
from collectors.upstream import GITHUB_WEB

log = logging.getLogger(__name__)

FILTER = "--filter=tree:0"
KEPT, ARRIVED, ASIDE = "refs/heads/default", "refs/arrived/default", "refs/set-aside/default"
PATIENCE_S = 60.0


class OtherHistoryError(GoneError):
    """What arrived begins with other commits than the clone: the operator looks whose it is."""

    next_step = "see whose repository it is; of one that wrote its history anew delete the clone, it is made again"


def fetch(
    full_name: str, folder: Path, timeout_s: float, github_id: int | None = None, web_url: str = GITHUB_WEB
) -> Path:
    """Bring the commits of tonight's default branch; give the bare clone that holds them, or raise SourceError.

    A history that begins with other commits than the clone is set aside in it, and raises OtherHistoryError.
    """
    ends_at = time.monotonic() + timeout_s
    place = _place(full_name, folder, github_id)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_suffix(".lock"), timeout=max(0.0, timeout_s)):
            _update_clone(place, f"{web_url}/{full_name}.git", ends_at)
    except Timeout as error:
        raise NoAnswerError(f"another run is fetching {full_name}") from error
    except OSError as error:
        raise CloneError(f"the clone of {full_name} cannot be kept: {error}") from error
    return place


def is_kept(full_name: str, folder: Path, github_id: int | None = None) -> bool:
    """Return whether a whole clone is kept, by whose first commits `fetch` knows the repository again."""
    place = _place(full_name, folder, github_id)
    return place.is_dir() and bool(_kept_roots(place, time.monotonic() + PATIENCE_S))


def _place(full_name: str, folder: Path, github_id: int | None) -> Path:
    return folder.absolute() / "git" / f"{github_id or full_name.lower().replace('/', '__')}.git"


def _update_clone(place: Path, url: str, ends_at: float) -> None:
    """Bring a clone up to date; one that is half made or broken is thrown away and made anew, once.

    What is too large to be kept is thrown away at once.
    """
    for left_over in place.glob("objects/pack/tmp_*"):
        left_over.unlink()
    roots = _kept_roots(place, ends_at)
    if roots:
        try:
            _update(place, url, ends_at, roots)
        except BrokenError as error:
            log.warning("%s cannot be used and is made anew: %s", place.name, error)
        else:
            return
    try:
        _make_anew(place, url, ends_at, roots)
    except HugeError:
        shutil.rmtree(place)
        raise


def _make_anew(place: Path, url: str, ends_at: float, roots: frozenset[str]) -> None:
    try:
        _make(place, url, ends_at, roots, FILTER)
    except NoFilterError:
        log.info("%s: the server does not filter; everything is fetched", place.name)
        _make(place, url, ends_at, roots)


def _kept_roots(place: Path, ends_at: float) -> frozenset[str]:
    """Return the first commits of the clone's branch; none where the clone lacks a commit that the branch needs."""
    try:
        return _roots(place, "HEAD", ends_at)
    except (NoGitError, TimeUpError):
        raise
    except SourceError:
        return frozenset()


def _goes_on(place: Path, ends_at: float) -> bool:
    """Return whether what arrived goes on from the branch, and so begins as it does: told without its beginning."""
    try:
        run(place, "merge-base", "--is-ancestor", KEPT, ARRIVED, ends_at=ends_at, more=OFFLINE)
    except (NoGitError, TimeUpError):
        raise
    except SourceError:
        return False
    return True


def _roots(place: Path, branch: str, ends_at: float) -> frozenset[str]:
    found = ask(place, "rev-list", "--max-parents=0", branch, "--", ends_at=ends_at, more=OFFLINE)
    return frozenset(found.split())


def _make(place: Path, url: str, ends_at: float, roots: frozenset[str], *only: str) -> None:
    if place.exists():
        shutil.rmtree(place)
    place.mkdir()
    run(place, "init", "--quiet", "--bare", "--template=", "--initial-branch=default", ends_at=ends_at)
    _update(place, url, ends_at, roots, *only)


def _update(place: Path, url: str, ends_at: float, roots: frozenset[str], *only: str) -> None:
    """Let our one branch be what the server's HEAD is now, however it is called there, if it is ours."""
    run(place, "config", "--replace-all", "remote.origin.url", url, ends_at=ends_at)
    quiet = ("-c", "gc.autoDetach=false", "-c", "maintenance.autoDetach=false")
    what = ("fetch", *only, "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "origin")
    said = run(place, *quiet, *what, f"+HEAD:{ARRIVED}", ends_at=ends_at)
    if "shallow roots" in said:
        raise IncompleteError("the server has a part of the history only")
    _adopt(place, url, ends_at, roots)
    try:
        run(place, "cat-file", "-e", "HEAD:.mailmap", ends_at=ends_at, more=LAZY)
    except SourceError as error:
        log.debug("%s: no .mailmap: %s", place.name, error)


def _adopt(place: Path, url: str, ends_at: float, roots: frozenset[str]) -> None:
    """Make what arrived the branch of the clone; what shares no first commit with it is set aside."""
    goes_on = bool(roots) and _goes_on(place, ends_at)
    is_other = bool(roots) and not goes_on and roots.isdisjoint(_roots(place, ARRIVED, ends_at))
    run(place, "update-ref", ASIDE if is_other else KEPT, ARRIVED, ends_at=ends_at)
    run(place, "update-ref", "-d", ARRIVED, ends_at=ends_at)
    if is_other:
        raise OtherHistoryError(f"the history at {url} begins with other commits than the clone {place.name}")
