"""How many commits and authors fell into the windows before a moment: the same for every log of commits."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from catalog.metric import METRICS
from catalog.observation import Observation

EPOCH_MONDAY = datetime(1969, 12, 29)  # noqa: DTZ001 - naive UTC everywhere; the Monday of the week of the epoch
WINDOWS = {days: METRICS[f"github.commits_{days}d"] for days in (7, 28, 90, 91)}
COMMITS_TOTAL = METRICS["github.commits_total"]
WEEK = timedelta(days=7)
WEEKS = 52
YEAR = timedelta(days=365)


class Authored(Protocol):
    """What is counted here: something committed at a moment (naive UTC) by an author."""

    @property
    def committed_at(self) -> datetime:
        """When it was committed."""

    @property
    def author(self) -> str:
        """Who wrote it, as a fingerprint."""


def count_between(times: Sequence[datetime], since: datetime, until: datetime) -> int:
    """Count the times in [since, until); they come in order."""
    return bisect_left(times, until) - bisect_left(times, since)


def observe_counts(subject: str, times: Sequence[datetime], valid_at: datetime, **more: Any) -> Iterator[Observation]:
    """Count the commits of the last 7, 28, 90 and 91 days, and all that there were; `more` says how it is known."""
    for days, metric in WINDOWS.items():
        yield metric.of(subject, valid_at, count_between(times, valid_at - timedelta(days=days), valid_at), **more)
    yield COMMITS_TOTAL.of(subject, valid_at, bisect_left(times, valid_at), **more)


def monday(moment: datetime) -> datetime:
    """Return the Monday 00:00 with which the ISO week of a moment begins."""
    return EPOCH_MONDAY + (moment - EPOCH_MONDAY) // WEEK * WEEK


def count_weeks(times: Sequence[datetime], valid_at: datetime) -> int:
    """Count the times in the last 52 complete ISO weeks before a moment."""
    until = monday(valid_at)
    return count_between(times, until - WEEKS * WEEK, until)


def authors_of_year(commits: Sequence[Authored], moments: Sequence[datetime]) -> Iterator[Counter[str]]:
    """Yield the commits per author in the 365 days before each moment; both come in order of time.

    It is the same counter every time: read it before asking for the next.
    """
    counts: Counter[str] = Counter()
    first = last = 0
    for moment in moments:
        while last < len(commits) and commits[last].committed_at < moment:
            counts[commits[last].author] += 1
            last += 1
        while first < last and commits[first].committed_at < moment - YEAR:
            author = commits[first].author
            counts[author] -= 1
            if not counts[author]:
                del counts[author]
            first += 1
        yield counts


def first_times(commits: Sequence[Authored]) -> list[datetime]:
    """Return when each author first committed, in order of time."""
    firsts: dict[str, datetime] = {}
    for one in commits:
        firsts[one.author] = min(one.committed_at, firsts.get(one.author, one.committed_at))
    return sorted(firsts.values())


def absence_factor(commits_by_author: Counter[str]) -> int:
    """Return the fewest authors that made at least half of the commits; none are needed for none."""
    half, made = commits_by_author.total() / 2, 0
    for number, (_, commits) in enumerate(commits_by_author.most_common(), start=1):
        made += commits
        if made >= half:
            return number
    return 0
