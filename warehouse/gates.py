"""Plausibility gates: which readings of a series to hold back, where a level shifted. Pure.

The rules stand in docs/method.md#from-an-answer-to-a-score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from warehouse.steps import LEAST_HISTORY, MAY_FALL, SPREADS, Reading, chance, fell, rose
from warehouse.strays import strays_at

MAY_REBASE = 0.30  # a larger fall is never taken for a new level by itself
LEAST_SPREAD = 0.025  # of the median: the least spread that history is credited with
REBASE_READINGS = 4
REBASE_SPAN = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reading is held back, what was expected, and whether the series goes on at another level from here."""

    held: bool
    expected: float | None = None
    why: str = ""
    is_new_level: bool = False


def judge(
    readings: Sequence[Reading], *, monotone: bool, is_count: bool = False, good: Reading | None = None
) -> list[Verdict]:
    """Judge a series in order of time, after its last good reading; a new level that lasts is accepted, no collapse.

    A counter that steps up further than it ever does is believed, and told as a new level. What `is_count` may move by
    what chance moves a Poisson count of its size (docs/method.md). What a person took for real is never held.
    """
    verdicts: list[Verdict] = []
    held: list[Reading] = []
    lonely: Sequence[Reading] = ()
    for place, reading in enumerate(readings):
        expected = good.value if good is not None else reading.median
        if reading.accepted is not None:
            is_far = bool(_suspicion(reading, good, monotone=monotone, is_count=is_count))
            verdicts.append(Verdict(False, expected, f"accepted: {reading.accepted}", is_new_level=is_far))
            good, held = reading, []
            continue
        if monotone and reading not in lonely:
            lonely = strays_at(readings, place, good, is_count=is_count)
        if reading in lonely:
            verdicts.append(Verdict(True, expected, f"{reading.value:g} stands alone above the readings around it"))
            continue
        why = _suspicion(reading, good, monotone=monotone, is_count=is_count)
        rise = _rise(reading, good, is_count=is_count) if monotone and not why else ""
        held = [*held, reading] if held and why and _agrees(reading, held[0]) else [reading]
        is_new_level = bool(rise) or (_has_settled(held) and not (monotone and _collapsed(reading, good)))
        is_held = bool(why) and not is_new_level
        verdicts.append(_verdict(expected, why or rise, is_held=is_held))
        if not is_held:
            good, held = reading, []
    return verdicts


def _verdict(expected: float | None, why: str, *, is_held: bool) -> Verdict:
    """Return what follows from a suspicion: held back, or believed as a new level; nothing where there is none."""
    if is_held or not why:
        return Verdict(is_held, expected if why else None, why)
    return Verdict(held=False, expected=expected, why=f"new level: {why}", is_new_level=True)


def _suspicion(reading: Reading, good: Reading | None, *, monotone: bool, is_count: bool) -> str:
    if monotone and good is not None and fell(good, reading, is_count=is_count):
        return f"a counter fell from {good.value:g} to {reading.value:g}"
    if reading.history < LEAST_HISTORY or reading.median is None or reading.spread is None:
        return ""
    spread = max(reading.spread, LEAST_SPREAD * abs(reading.median))
    allowed = max(SPREADS * spread, chance(reading.median, is_count=is_count))
    is_far = abs(reading.value - reading.median) > allowed
    is_jump = good is None or abs(reading.value - good.value) > allowed
    return f"{reading.value:g} lies over 8 spreads from the median {reading.median:g}" if is_far and is_jump else ""


def _rise(reading: Reading, good: Reading | None, *, is_count: bool) -> str:
    """Say that a counter rose by more than its own pace, 3 % and chance explain; a short history says nothing."""
    if good is None or reading.history < LEAST_HISTORY or not rose(good, reading, is_count=is_count):
        return ""
    return f"a counter rose from {good.value:g} to {reading.value:g}"


def _agrees(reading: Reading, other: Reading) -> bool:
    return abs(reading.value - other.value) <= 2 * MAY_FALL * max(abs(reading.value), abs(other.value))


def _has_settled(held: Sequence[Reading]) -> bool:
    return len(held) >= REBASE_READINGS and held[-1].valid_at - held[0].valid_at >= REBASE_SPAN


def _collapsed(reading: Reading, good: Reading | None) -> bool:
    return good is not None and reading.value < good.value * (1 - MAY_REBASE)
