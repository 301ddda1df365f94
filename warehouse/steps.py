"""How far a reading may step from another one: up, down, and by chance. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MAY_FALL = 0.03  # a counter may lose this share in a step
MAY_RISE = 0.03  # and gain it, whatever its pace
SPREADS = 8.0  # median absolute deviations of the last 26 weeks
LEAST_HISTORY = 8  # readings, below which a spread says nothing
CHANCE = 4.0  # standard deviations of a Poisson count
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a series with the median and spread of the 26 weeks before it, and of what it gained a day."""

    valid_at: datetime
    value: float
    median: float | None
    spread: float | None
    history: int
    pace: float | None = None
    pace_spread: float | None = None
    accepted: str | None = None
    """Why a person took the reading for real, where one did."""


def fell(before: Reading, after: Reading, *, is_count: bool) -> bool:
    """Return whether a counter fell by more than 3 % and by more than chance takes."""
    return before.value - after.value > max(MAY_FALL * before.value, chance(before.value, is_count=is_count))


def rose(before: Reading, after: Reading, *, is_count: bool) -> bool:
    """Return whether a counter rose by more than 3 %, by more than chance brings, and by more than its pace explains.

    Its pace explains, for each day, what it gained a day in its last 26 weeks and eight spreads of that.
    """
    allowed = max(MAY_RISE * before.value, chance(before.value, is_count=is_count))
    if after.history >= LEAST_HISTORY and after.pace is not None and after.pace_spread is not None:
        days = (after.valid_at - before.valid_at) / DAY
        allowed = max(allowed, days * (after.pace + SPREADS * after.pace_spread))
    return after.value - before.value > allowed


def chance(value: float, *, is_count: bool) -> float:
    """Return by how much chance may move a count: four standard deviations and one."""
    return CHANCE * max(value, 1.0) ** 0.5 + 1 if is_count else 0.0
