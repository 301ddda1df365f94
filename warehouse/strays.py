"""Readings of a counter that stand alone: the many that agree around them judge them, not the reverse. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from warehouse.steps import Reading, fell, rose

MOST_STRAYS = 3  # in a row; as many as four may be a level
MANY = 8  # readings that follow and agree
FAR = timedelta(days=182)  # a reading before the first of a series by more has no neighbours


def strays_at(readings: Sequence[Reading], place: int, good: Reading | None, *, is_count: bool) -> Sequence[Reading]:
    """Return the readings from a place on that stand too high for the many after them and for the last good one before.

    Where there is no good one before them, they are as lonely if the series begins more than 26 weeks later.
    """
    for length in range(1, MOST_STRAYS + 1):
        run, after = readings[place : place + length], readings[place + length : place + length + MANY]
        if len(after) == MANY and _is_outvoted(run, good, after, is_count=is_count):
            return run
    return ()


def _is_outvoted(run: Sequence[Reading], good: Reading | None, after: Sequence[Reading], *, is_count: bool) -> bool:
    if not all(fell(one, after[0], is_count=is_count) for one in run):
        return False
    if any(fell(*pair, is_count=is_count) or rose(*pair, is_count=is_count) for pair in pairwise(after)):
        return False
    if good is None:
        return after[0].valid_at - run[-1].valid_at > FAR
    return rose(good, run[0], is_count=is_count) and not fell(good, after[0], is_count=is_count)
