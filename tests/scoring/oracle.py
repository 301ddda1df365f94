"""How likely an issue is closed within so many days: plain figures, no frames, no clock.

See docs/method.md#definitions-that-readers-ask-for.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta


def closed_within(created: Sequence[datetime], closed: Sequence[datetime | None], days: float) -> int:
    """Count the issues that were closed within so many days of their creation; the last moment counts."""
    patience = timedelta(days=days)
    return sum(end is not None and end - start <= patience for start, end in zip(created, closed, strict=True))


def kaplan_meier(
    durations_days: Sequence[float], is_closed: Sequence[bool], at_days: float
) -> tuple[float | None, float | None]:
    """Return F(at), the probability of being closed by then, and Greenwood's variance; None and None without an issue.

    `durations_days` is the time to the close, or, of an open issue, for how long it has been seen. An issue that was
    last seen on the day of a close was still at risk in it. Nothing is told of what lies beyond the longest duration:
    F stays where it was.
    """
    cases = list(zip(durations_days, is_closed, strict=True))
    if not cases:
        return None, None
    survival, sum_of_terms = 1.0, 0.0
    for moment in sorted({duration for duration, closed in cases if closed and duration <= at_days}):
        at_risk = sum(duration >= moment for duration, _ in cases)
        closes = sum(closed and duration == moment for duration, closed in cases)
        survival *= 1 - closes / at_risk
        if closes < at_risk:
            sum_of_terms += closes / (at_risk * (at_risk - closes))
    return 1 - survival, survival**2 * sum_of_terms


def matured(
    issues: Iterable[tuple[datetime, datetime | None]],
    at: datetime,
    days: float = 30,
    cohort: tuple[float, float] = (120, 30),
) -> tuple[float | None, int]:
    """Return the share of the issues of a cohort that were closed within `days`, and the size of the cohort.

    `cohort` says how many days before `at` it begins and ends: created in [at-120, at-30). Its share is None when
    nobody is in it.
    """
    first, last = (at - timedelta(days=age) for age in cohort)
    within = [(start, end) for start, end in issues if first <= start < last]
    if not within:
        return None, 0
    closes = closed_within([start for start, _ in within], [end for _, end in within], days)
    return closes / len(within), len(within)
