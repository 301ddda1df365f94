"""The commits of a default branch: a bare clone without files, kept and brought up to date by system git."""

import logging
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import (
    IncompleteError,
    NoAnswerError,
    SourceError,
)
from collectors.git.commit_windows import (
    WEEKS,
    YEAR,
    absence_factor,
    authors_of_year,
    count_between,
    count_weeks,
    first_times,
    observe_counts,
)
from collectors.git.identities import Identity, Kind, Signature, identify
from collectors.git.process import (
    LAZY,
    OFFLINE,
    BrokenError,
    CloneError,
    HugeError,
    NoFilterError,
    NoGitError,
    TimeUpError,
    end,
    error_of,
    run,
    start,
)
from collectors.git.topics import observe_topics, topics_of

log = logging.getLogger(__name__)

COMMITS_WEEK = METRICS["github.commits_week"]
ACTIVE = METRICS["github.contributors_active_365d"]
ABSENCE = METRICS["github.absence_factor"]
NEW = METRICS["github.contributors_new_365d"]
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere
CLONE = "git"  # the source of what GitHub counts as well, so that the two can be compared

FORMAT = "--format=tformat:%H%x00%ct%x00%P%x00%aN%x00%aE%x00%s"
FILTER = "--filter=tree:0"
LAST_SECOND = 253_402_300_799  # of the year 9999
Row = tuple[str, int, bool, Signature, frozenset[str]]
NO_MAILMAP = re.compile(r"not (?:exist )?in 'HEAD'")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; its author is known by a fingerprint only."""

    sha: str
    committed_at: datetime
    author: str
    kind: Kind
    is_merge: bool
    topics: frozenset[str] = frozenset()


def fetch(full_name: str, folder: Path, timeout_s: float, github_id: int | None = None) -> Path:
    """Bring the commits of tonight's default branch; give the bare clone that holds them, or raise SourceError."""
    ends_at = time.monotonic() + timeout_s
    place = folder.absolute() / "git" / f"{github_id or full_name.lower().replace('/', '__')}.git"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.with_suffix(".lock"), timeout=max(0.0, timeout_s)):
            _update_clone(place, f"https://github.com/{full_name}.git", ends_at)
    except Timeout as error:
        raise NoAnswerError(f"another run is fetching {full_name}") from error
    except OSError as error:
        raise CloneError(f"the clone of {full_name} cannot be kept: {error}") from error
    return place


def _update_clone(place: Path, url: str, ends_at: float) -> None:
    """Bring a clone up to date; one that is half made or broken is thrown away and made anew, once.

    What is too large to be kept is thrown away at once.
    """
    for left_over in place.glob("objects/pack/tmp_*"):
        left_over.unlink()
    if _is_whole(place, ends_at):
        try:
            _update(place, url, ends_at)
        except BrokenError as error:
            log.warning("%s cannot be used and is made anew: %s", place.name, error)
        else:
            return
    try:
        _make_anew(place, url, ends_at)
    except HugeError:
        shutil.rmtree(place)
        raise


def _make_anew(place: Path, url: str, ends_at: float) -> None:
    try:
        _make(place, url, ends_at, FILTER)
    except NoFilterError:
        log.info("%s: the server does not filter; everything is fetched", place.name)
        _make(place, url, ends_at)


def _is_whole(place: Path, ends_at: float) -> bool:
    """Return whether every commit is there that the branch needs."""
    try:
        run(place, "rev-list", "--count", "HEAD", "--", ends_at=ends_at, more=OFFLINE)
    except (NoGitError, TimeUpError):
        raise
    except SourceError:
        return False
    return True


def _make(place: Path, url: str, ends_at: float, *only: str) -> None:
    if place.exists():
        shutil.rmtree(place)
    place.mkdir()
    run(place, "init", "--quiet", "--bare", "--template=", "--initial-branch=default", ends_at=ends_at)
    _update(place, url, ends_at, *only)


def _update(place: Path, url: str, ends_at: float, *only: str) -> None:
    """Let our one branch be what the server's HEAD is now, whatever it was and however it is called there."""
    run(place, "config", "--replace-all", "remote.origin.url", url, ends_at=ends_at)
    quiet = ("-c", "gc.autoDetach=false", "-c", "maintenance.autoDetach=false")
    what = ("fetch", *only, "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "origin")
    said = run(place, *quiet, *what, "+HEAD:refs/heads/default", ends_at=ends_at)
    if "shallow roots" in said:
        raise IncompleteError("the server has a part of the history only")
    try:
        run(place, "cat-file", "-e", "HEAD:.mailmap", ends_at=ends_at, more=LAZY)
    except SourceError as error:
        log.debug("%s: no .mailmap: %s", place.name, error)


def read_log(repository: Path) -> list[Commit]:
    """Return every commit of a clone, authors by fingerprint; asks nobody; raise SourceError when it breaks off."""
    try:
        rows = _rows(repository)
    except OSError as error:
        raise CloneError(f"the log of {repository.name} cannot be read: {error}") from error
    authors = _authors(rows)
    return [_commit(sha, second, is_merge, authors[who], topics) for sha, second, is_merge, who, topics in rows]


def _rows(repository: Path) -> list[Row]:
    rows, skipped = [], 0
    for line in _lines(repository, _mailmap(repository)):
        try:
            rows.append(_row(line))
        except ValueError:
            skipped += 1
    if skipped:
        log.warning("%s: %d commits without a usable date left out", repository.name, skipped)
    return rows


def _mailmap(repository: Path) -> str:
    """Return where the .mailmap of the branch is; nowhere when there is none, or none to be had, and say that."""
    try:
        run(repository, "cat-file", "-e", "HEAD:.mailmap", ends_at=time.monotonic() + 60, more=OFFLINE)
    except NoGitError:
        raise
    except SourceError as error:
        if not NO_MAILMAP.search(str(error)):
            log.warning("%s: .mailmap could not be had, names are read as they are: %s", repository.name, error)
        return ""
    return "HEAD:.mailmap"


def _lines(repository: Path, mailmap: str) -> Iterator[bytes]:
    """Stream the log, a commit a line; no setting of the user changes what it says."""
    plain = ("-c", "mailmap.file=", "-c", f"mailmap.blob={mailmap}", "-c", "i18n.logOutputEncoding=UTF-8")
    asked = (*plain, "log", "--no-patch", "--no-show-signature", "--no-color", FORMAT, "HEAD", "--")
    with tempfile.TemporaryFile() as told, start(repository, asked, OFFLINE, told.fileno()) as process:
        try:
            yield from process.stdout or ()
            process.wait()
        finally:
            end(process)
        told.seek(0)
        if process.returncode:
            raise error_of(process.returncode, told.read().decode("utf-8", "replace"))


def _row(line: bytes) -> Row:
    """Read one line; raise ValueError for a commit without a usable date."""
    sha, second, parents, name, mail, title = line.decode("utf-8", "surrogateescape").rstrip("\n").split("\0")
    if not 0 <= int(second) <= LAST_SECOND:
        raise ValueError(f"{second} is no moment")
    return sha, int(second), " " in parents, Signature.of(name, mail), topics_of(title)


def _authors(rows: Sequence[Row]) -> dict[Signature, Identity]:
    first_seen: dict[Signature, int] = {}
    for _, second, _, who, _ in rows:
        first_seen[who] = min(second, first_seen.get(who, second))
    return identify(first_seen)


def _commit(sha: str, second: int, is_merge: bool, who: Identity, topics: frozenset[str]) -> Commit:  # noqa: FBT001 - a field of a row
    committed_at = EPOCH + timedelta(seconds=second)
    return Commit(sha, committed_at, who.fingerprint, who.kind, is_merge, topics)


def observe(commits: Sequence[Commit], subject: Subject, moments: Sequence[datetime]) -> Iterator[Observation]:
    """Yield what the log says of each moment (a midnight, naive UTC), in order of time."""
    ordered, whens = sorted(commits, key=lambda one: one.committed_at), sorted(set(moments))
    times = [one.committed_at for one in ordered]
    authored = [one.committed_at for one in ordered if not one.is_merge and one.kind is not Kind.BOT]
    people = [one for one in ordered if _is_work_of_a_person(one)]
    arrivals = first_times(people)
    more: dict[str, Any] = {"method": "exact", "url": f"https://github.com/{subject.github}"}
    about = observe_topics(subject.id, people, whens, **more)
    for valid_at, by_author, topical in zip(whens, authors_of_year(people, whens), about, strict=True):
        yield from observe_counts(subject.id, times, valid_at, **more, source=CLONE)
        weekly = count_weeks(authored, valid_at)
        yield COMMITS_WEEK.of(subject.id, valid_at, weekly / WEEKS, n=weekly, **more)
        yield ACTIVE.of(subject.id, valid_at, len(by_author), **more)
        yield NEW.of(subject.id, valid_at, count_between(arrivals, valid_at - YEAR, valid_at), **more)
        yield ABSENCE.of(subject.id, valid_at, absence_factor(by_author), n=by_author.total(), **more)
        yield from topical


def _is_work_of_a_person(commit: Commit) -> bool:
    return commit.kind is Kind.HUMAN and not commit.is_merge
