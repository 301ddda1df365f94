"""What the counts of all commits tell of past days: the state of the repository, and windows in which nothing happened.

A count tells of commits since the count before it, not on which day they came: they stand on the day before the count.
A count that stands still while somebody pushes was not counted: it tells nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from catalog.liveness import SILENCE, STATES, WINDOW
from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status
from scoring.derive.past_states import past_states

MAIN = METRICS["liveness.main"]
COMMITS_90D = METRICS["github.commits_90d"]
DEFINITIONS = {MAIN.name: "liveness@counts", COMMITS_90D.name: "commits_90d@counts"}
DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Count(NamedTuple):
    """All commits at a moment (naive UTC); when somebody last pushed, where the source says so; whether they jumped."""

    at: datetime
    commits: float
    pushed_at: datetime | None = None
    is_shifted: bool = False


def counted_liveness(counted: Sequence[Mapping[str, Any]]) -> Iterator[Observation]:
    """Yield states and silent windows of every series of counts; rows come sorted by subject, source and valid_at.

    A row has subject, source, valid_at, commits, pushed_at, `has_recent` where its silent window is known already, and
    `is_shifted` where its counts go on at another level.
    """
    for (subject, source), series in groupby(counted, key=lambda row: (row["subject"], row["source"])):
        some = list(series)
        counts = [Count(row["valid_at"], row["commits"], row["pushed_at"], row["is_shifted"]) for row in some]
        recent = {row["valid_at"] for row in some if row["has_recent"]}
        yield from states(subject, source, counts)
        yield from (one for one in silences(subject, source, counts) if one.valid_at not in recent)


def states(subject: str, source: str, counts: Sequence[Count]) -> Iterator[Observation]:
    """Yield the state of the main repository at each count, in order of time.

    The first count passes for a commit, and a count that has not moved since tells no state by that alone.
    What a step to another level brought may be commits or none: where that makes a difference, nothing is told.
    """
    days = sorted({one.at.date() for one in counts})
    told = past_states(_gained(counts, of_shifts=True), days)
    if any(one.is_shifted for one in counts):
        without = past_states(_gained(counts, of_shifts=False), days)
        told = {day: state for day, state in told.items() if without.get(day) == state}
    for one, since in _still(counts):
        if _is_counted(one, since) and _has_begun(one, since, counts[0]) and one.at.date() in told:
            more = {"source": source, "definition": DEFINITIONS[MAIN.name], "status": Status.DERIVED}
            state = STATES.index(told[one.at.date()])
            yield MAIN.of(subject, one.at, state, method="reconstructed", **more)


def _gained(counts: Sequence[Count], *, of_shifts: bool) -> dict[date, int]:
    """Return the commits by the day before the count that first knew of them, those of shifts among them or not."""
    by_day = {(one.at - DAY).date(): 0 for one in counts}
    by_day[(counts[0].at - DAY).date()] = 1
    for before, after in pairwise(counts):
        if of_shifts or not after.is_shifted:
            by_day[(after.at - DAY).date()] += max(0, int(after.commits - before.commits))
    return by_day


def silences(subject: str, source: str, counts: Sequence[Count]) -> Iterator[Observation]:
    """Yield no commits in 90 days at each count that has not moved for so long."""
    for one, since in _still(counts):
        if _is_counted(one, since) and one.at - since >= WINDOW:
            more = {"source": source, "definition": DEFINITIONS[COMMITS_90D.name], "status": Status.DERIVED}
            yield COMMITS_90D.of(subject, one.at, 0, method="reconstructed", **more)


def withdrawn(told: Iterable[Mapping[str, Any]], said: Iterable[Observation]) -> Iterator[Observation]:
    """Yield as missing what was told before and is no longer said; `told` has subject, metric, source and valid_at."""
    stands = {(one.subject, one.metric, one.source, one.valid_at) for one in said}
    for row in told:
        subject, metric, source, valid_at = (row[name] for name in ("subject", "metric", "source", "valid_at"))
        if (subject, metric, source, valid_at) not in stands:
            more = {"method": "reconstructed", "source": source, "definition": DEFINITIONS[metric]}
            yield METRICS[metric].missing(subject, valid_at, Reason.INCOMPLETE, **more)


def _still(counts: Sequence[Count]) -> Iterator[tuple[Count, datetime]]:
    """Yield each count with the moment of the first one since which it has not moved."""
    since, commits = counts[0].at, counts[0].commits
    for one in counts:
        if one.commits != commits:
            since, commits = one.at, one.commits
        yield one, since


def _has_begun(one: Count, since: datetime, first: Count) -> bool:
    """Return whether a count tells of life or death: it has moved once, or stood for long, or somebody has just pushed.

    Before that the last commit may have come on the day before the first count, or years ago.
    """
    has_pushed = one.pushed_at is not None and one.at - one.pushed_at < SILENCE
    return has_pushed or since > first.at or one.at - first.at >= SILENCE


def _is_counted(one: Count, since: datetime) -> bool:
    """Return whether nobody pushed while the count stood still, a week's slack allowed."""
    return one.pushed_at is None or one.pushed_at <= since + WEEK
