"""The best-of lists: weekly snapshots of popular projects (CC BY-SA 4.0), 2020-11 on; best-of-ml-python and others."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.moments import naive_utc
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.trackers.tracker import (
    FIRST,
    Read,
    Refused,
    Row,
    Skipped,
    Told,
    Tracker,
    cell,
    day,
    subjects_by_name,
)

SOURCE = "best-of"
"""Of a file of which nobody knows to which list it belongs."""
LIST = re.compile(r"best-of-[a-z]+(?:-(?!(?:main|master|history|projects|rows)\b)[a-z]+)*", re.ASCII)
COLUMNS = {
    "star_count": METRICS["github.stars"],
    "fork_count": METRICS["github.forks"],
    "contributor_count": METRICS["github.contributors"],
    "open_issue_count": METRICS["github.open_issues"],
    "closed_issue_count": METRICS["github.issues_closed_ever"],
    "commit_count": METRICS["github.commits_total"],
    "recent_commit_count": METRICS["github.commits_90d"],
}
DEFINITIONS = {"recent_commit_count": "commits_90d@tracker"}
FULL_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
CREATED = "created_at"
PUSHED, LAST_PUSH = "last_commit_pushed_at", METRICS["github.last_push_age_d"]
RELEASES = ("latest_stable_release", "pypi_latest_release", "conda_latest_release")
ACTIVITY = (PUSHED, *(f"{one}_published_at" for one in RELEASES))
DATED_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})_projects", re.ASCII)


def read(rows: Iterable[Row], file: Path, catalog: Catalog, now: datetime) -> Iterator[Read]:
    """Read whole snapshots (dated by file name) and excerpts with a snapshot_date column alike."""
    subjects, source = subjects_by_name(catalog), source_of(file)
    snapshot = dated(file.name)
    for row in rows:
        try:
            subject = _subject(row, subjects)
            if subject is None:
                yield Skipped.NOT_FOLLOWED
                continue
            valid_at = day(row.get("snapshot_date") or snapshot, now)
            present = [column for column in COLUMNS if column in row]
            found = [_cell(column, subject, valid_at, row[column], source) for column in present]
            created_at = _moment(row.get(CREATED))
            birth = (subject.id, created_at) if created_at else None
            yield Told([*found, *_last_push(subject, valid_at, row.get(PUSHED), source)], birth)
        except ValueError as error:
            yield Refused(str(error))


def projects(rows: Iterable[Row]) -> Iterator[str]:
    """Return the repository of every project of a snapshot, in lower case."""
    names = ((row.get("github_id") or "").lower() for row in rows)
    return (name for name in names if FULL_NAME.fullmatch(name))


def source_of(file: Path) -> str:
    """Return the list that a snapshot belongs to: as its name says, else the nearest folder that names one."""
    names = (part.lower().replace("_", "-") for part in reversed(file.parts))
    return next((found[0] for found in map(LIST.match, names) if found), SOURCE)


def dated(file_name: str) -> str | None:
    """Return the day that the name of a whole snapshot tells, as it stands there."""
    found = DATED_NAME.search(file_name)
    return found[1] if found else None


def activity(rows: Iterable[Row]) -> Iterator[tuple[str, datetime]]:
    """Return when each project of a snapshot was last pushed to or released, by its repository in lower case."""
    for row in rows:
        name, told = (row.get("github_id") or "").lower(), [row.get(column) for column in ACTIVITY]
        moments = [moment for moment in map(_moment, told) if moment]
        if FULL_NAME.fullmatch(name) and moments:
            yield name, max(moments)


def _moment(text: str | None) -> datetime | None:
    """Return a moment as naive UTC; None where none is told."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return naive_utc(moment)


def _last_push(subject: Subject, valid_at: datetime, text: str | None, source: str) -> Iterator[Observation]:
    """Yield the days since the last push, where the snapshot tells; a push of its own day counts as none ago."""
    if text:
        pushed_at = _moment(text)
        if pushed_at is None or pushed_at < FIRST:
            raise ValueError(f"{PUSHED}: {text!r} is no moment")
        age = (valid_at - pushed_at).total_seconds() / 86_400
        yield LAST_PUSH.of(subject.id, valid_at, max(0.0, age), method="archived", source=source)


def _cell(column: str, subject: Subject, valid_at: datetime, text: str | None, source: str) -> Observation:
    found = cell(COLUMNS[column], subject, valid_at, text, source)
    return replace(found, definition=DEFINITIONS.get(column, found.definition))


def _subject(row: Row, subjects: dict[str, Subject]) -> Subject | None:
    names = {(row.get(column) or "").lower() for column in ("github_id", "updated_github_id")}
    found = {subjects[name].id: subjects[name] for name in names if name in subjects}
    if len(found) > 1:
        raise ValueError(f"two subjects claim the row: {', '.join(sorted(found))}")
    return next(iter(found.values()), None)


tracker = Tracker(SOURCE, frozenset({"github_id", "star_count", "contributor_count", "projectrank"}), read)
