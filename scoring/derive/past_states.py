"""What the state of a repository was on past days, from its commits of each day and the days of its notices.

The rule is the nightly one (docs/method.md), applied to what could be known then: nothing of a later day counts.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from itertools import accumulate

from catalog.liveness import BLOCK, WINDOW, Signs, base_of, block_ends, state_of


class Commits:
    """The commits of a repository by day (UTC), counted between any two moments."""

    def __init__(self, by_day: Mapping[date, int]) -> None:
        """Take the days that have commits."""
        self._days = sorted(_midnight(day) for day, count in by_day.items() if count)
        self._sums = [0, *accumulate(by_day[day.date()] for day in self._days)]

    def before(self, moment: datetime) -> list[datetime]:
        """Return the first and the last day with commits before a moment; nothing where there was none."""
        place = bisect_left(self._days, moment)
        return [self._days[0], self._days[place - 1]] if place else []

    def between(self, since: datetime, until: datetime) -> int:
        """Count the commits of the days in [since, until)."""
        return self._sums[bisect_left(self._days, until)] - self._sums[bisect_left(self._days, since)]


def past_states(
    by_day: Mapping[date, int], days: Iterable[date], noticed_on: date | None = None, archived_on: date | None = None
) -> dict[date, str]:
    """Return the state on each day as it was before 00:00 UTC; a day before the first commit has none.

    The days come in order of time. A notice and the archive flag hold after the day on which they came.
    """
    commits, was = Commits(by_day), None
    found: dict[date, str] = {}
    for day in days:
        now = _midnight(day)
        if seen := commits.before(now):
            blocks = {end: commits.between(end - BLOCK, end) for end in block_ends(now)}
            signs = Signs(
                commits_90d=commits.between(now - WINDOW, now),
                last_commit_at=seen[1],
                base_90d=base_of(blocks, seen[0], now)[0],
                notice=f"noticed on {noticed_on}" if noticed_on and noticed_on < day else None,
                is_archived=archived_on is not None and archived_on < day,
                was=was,
            )
            was = found[day] = state_of(signs, now)
    return found


def changes(states: Mapping[date, str]) -> list[tuple[date, str]]:
    """Return the days on which the state became another one, with the new state; the first day counts."""
    found: list[tuple[date, str]] = []
    for day, state in sorted(states.items()):
        if not found or found[-1][1] != state:
            found.append((day, state))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)
