"""Plausibility gates (METHOD 3.11): which readings of a series to hold back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MAY_FALL = 0.03  # a counter may lose this share in a step
MAY_REBASE = 0.30  # a larger fall is never taken for a new level by itself
SPREADS = 8.0  # median absolute deviations of the last 26 weeks
LEAST_SPREAD = 0.025  # of the median: the least spread that history is credited with
LEAST_HISTORY = 8  # readings, below which the spread says nothing
CHANCE = 4.0  # standard deviations of a Poisson count
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
    accepted: str | None = None
    """Why a person took the reading for real, where one did."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reading is held back, what was expected, and whether a new level was accepted."""

    held: bool
    expected: float | None = None
    why: str = ""
    is_new_level: bool = False


def judge(readings: Sequence[Reading], *, monotone: bool, is_count: bool = False) -> list[Verdict]:
    """Judge a series in order of time; a new level that lasts is accepted, unless it is a collapse.

    What a person took for real is never held. What `is_count` may move by what chance moves a Poisson count of its
    size (METHOD 11.5).
    """
    verdicts: list[Verdict] = []
    good: float | None = None
    held: list[Reading] = []
    for reading in readings:
        why = _suspicion(reading, good, monotone=monotone, is_count=is_count)
        if reading.accepted is not None:
            told = f"accepted: {reading.accepted}"
            verdicts.append(Verdict(held=False, expected=good, why=told, is_new_level=bool(why)))
            good, held = reading.value, []
            continue
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


def _suspicion(reading: Reading, good: float | None, *, monotone: bool, is_count: bool) -> str:
    if monotone and good is not None and good - reading.value > max(MAY_FALL * good, _chance(good, is_count=is_count)):
        return f"a counter fell from {good:g} to {reading.value:g}"
    if reading.history < LEAST_HISTORY or reading.median is None or reading.spread is None:
        return ""
    spread = max(reading.spread, LEAST_SPREAD * abs(reading.median))
    allowed = max(SPREADS * spread, _chance(reading.median, is_count=is_count))
    is_far = abs(reading.value - reading.median) > allowed
    is_jump = good is None or abs(reading.value - good) > allowed
    return f"{reading.value:g} lies over 8 spreads from the median {reading.median:g}" if is_far and is_jump else ""


def _chance(value: float, *, is_count: bool) -> float:
    """Return by how much chance may move a count: four standard deviations and one."""
    return CHANCE * max(value, 1.0) ** 0.5 + 1 if is_count else 0.0


def _agrees(reading: Reading, other: Reading) -> bool:
    return abs(reading.value - other.value) <= 2 * MAY_FALL * max(abs(reading.value), abs(other.value))


def _has_settled(held: Sequence[Reading]) -> bool:
    return len(held) >= REBASE_READINGS and held[-1].valid_at - held[0].valid_at >= REBASE_SPAN


def _collapsed(reading: Reading, good: float | None) -> bool:
    return good is not None and reading.value < good * (1 - MAY_REBASE)
