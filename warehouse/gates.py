"""Plausibility gates (METHOD 3.11): which readings of a series to hold back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MAY_FALL = 0.03  # a counter may lose this share in a step
MAY_REBASE = 0.30  # a larger fall is never taken for a new level by itself
SPREADS = 8.0  # median absolute deviations of the last 26 weeks
LEAST_SPREAD = 0.025  # of the median: the least spread that history is credited with
LEAST_HISTORY = 8  # readings, below which the spread says nothing
REBASE_READINGS = 4
REBASE_SPAN = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a series with the median and spread of the 26 weeks before it."""

    valid_at: datetime
    value: float
    median: float | None
    spread: float | None
    history: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reading is held back, what was expected, and whether a new level was accepted."""

    held: bool
    expected: float | None = None
    why: str = ""
    is_new_level: bool = False


def judge(readings: Sequence[Reading], *, monotone: bool) -> list[Verdict]:
    """Judge a series in order of time; a new level that lasts is accepted, unless it is a collapse."""
    verdicts: list[Verdict] = []
    good: float | None = None
    held: list[Reading] = []
    for reading in readings:
        why = _suspicion(reading, good, monotone=monotone)
        if not why:
            good, held = reading.value, []
            verdicts.append(Verdict(held=False))
            continue
        held = [*held, reading] if held and _agrees(reading, held[0]) else [reading]
        expected = good if good is not None else reading.median
        if _has_settled(held) and not (monotone and _collapsed(reading, good)):
            verdicts.append(Verdict(held=False, expected=expected, why=f"new level: {why}", is_new_level=True))
            good, held = reading.value, []
        else:
            verdicts.append(Verdict(held=True, expected=expected, why=why))
    return verdicts


def _suspicion(reading: Reading, good: float | None, *, monotone: bool) -> str:
    if monotone and good is not None and reading.value < good * (1 - MAY_FALL):
        return f"a counter fell from {good:g} to {reading.value:g}"
    if reading.history < LEAST_HISTORY or reading.median is None or reading.spread is None:
        return ""
    allowed = SPREADS * max(reading.spread, LEAST_SPREAD * abs(reading.median))
    is_far = abs(reading.value - reading.median) > allowed
    is_jump = good is None or abs(reading.value - good) > allowed
    return f"{reading.value:g} lies over 8 spreads from the median {reading.median:g}" if is_far and is_jump else ""


def _agrees(reading: Reading, other: Reading) -> bool:
    return abs(reading.value - other.value) <= 2 * MAY_FALL * max(abs(reading.value), abs(other.value))


def _has_settled(held: Sequence[Reading]) -> bool:
    return len(held) >= REBASE_READINGS and held[-1].valid_at - held[0].valid_at >= REBASE_SPAN


def _collapsed(reading: Reading, good: float | None) -> bool:
    return good is not None and reading.value < good * (1 - MAY_REBASE)
