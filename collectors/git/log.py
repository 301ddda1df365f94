"""The commits of a bare clone, read by system git, and what they say of a moment."""

import logging
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from catalog.metric import METRICS
from catalog.moments import EPOCH
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import SourceError
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
from collectors.git.process import OFFLINE, CloneError, NoGitError, end, error_of, run, start
from collectors.git.topics import observe_topics, topics_of
from collectors.upstream import GITHUB_WEB

log = logging.getLogger(__name__)

COMMITS_WEEK = METRICS["github.commits_week"]
ACTIVE = METRICS["github.contributors_active_365d"]
ABSENCE = METRICS["github.absence_factor"]
NEW = METRICS["github.contributors_new_365d"]
CLONE = "git"  # the source of what GitHub counts as well, so that the two can be compared

FORMAT = "--format=tformat:%H%x00%ct%x00%P%x00%aN%x00%aE%x00%s"
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


def observe(
    commits: Sequence[Commit], subject: Subject, moments: Sequence[datetime], web_url: str = GITHUB_WEB
) -> Iterator[Observation]:
    """Yield what the log says of each moment (a midnight, naive UTC), in order of time."""
    ordered, whens = sorted(commits, key=lambda one: one.committed_at), sorted(set(moments))
    times = [one.committed_at for one in ordered]
    authored = [one.committed_at for one in ordered if not one.is_merge and one.kind is not Kind.BOT]
    people = [one for one in ordered if _is_work_of_a_person(one)]
    arrivals = first_times(people)
    more: dict[str, Any] = {"method": "exact", "url": f"{web_url}/{subject.github}"}
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
