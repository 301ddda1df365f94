"""Values as people say them: 74,005 accounts, 78 %, 4 weeks, good."""

import math
from collections.abc import Callable, Iterable

from catalog.liveness import STATES
from catalog.metric import LEVELS
from catalog.share import COMPLETE

MILLION = 1e6
DAY_H = 24
LONG_H = 72  # from here on hours are told as days ...
LONG_D = 730  # ... and days as years
MOST_NAMED = 14
YEAR_D = 365.25
HISSING = ("shes", "ches", "sses", "xes")
WORDS: dict[str, tuple[str, ...]] = {"level 0-4": LEVELS, "0 or 1": ("absent", "present"), "state 0-4": STATES, "": ()}
FLAGS = {"github.is_archived": ("no", "yes")}
"""The words of figures that are a question, not a thing."""
SUFFIX = {
    "ppm": " in a million",
    "clouds of 3": " of 3 clouds",
    "commits/week": " commits a week",
    "identities": " people",
}
SUFFIX_OF_ONE = {"commits/week": " commit a week", "identities": " person"}


def in_words(value: float | None, unit: str) -> str:
    """Return a value with its unit, as a sentence would say it; a dash where there is none."""
    if value is None:
        return "-"
    if value in range(len(WORDS.get(unit, ()))):
        return WORDS[unit][int(value)]
    if told := TOLD.get(unit):
        return told(value)
    suffix = (SUFFIX | SUFFIX_OF_ONE if value == 1 else SUFFIX).get(unit)
    return bare(value) + (suffix if suffix is not None else "" if unit in WORDS else f" {_one(value, unit)}")


def some(names: Iterable[str], most: int = MOST_NAMED) -> str:
    """Return the names, each once: so many at most, and how many more there are."""
    found = list(dict.fromkeys(names))
    return ", ".join(found[:most]) + (f" and {len(found) - most:,} more" if len(found) > most else "")


def many(number: int, noun: str) -> str:
    """Return so many things: 0 rows, 1 row, 1,200 rows; the noun is given in the plural."""
    return f"{number:,} {_one(number, noun)}"


def bare(value: float) -> str:
    """Return a number as people write it: 18.6 million, 74,005, 0.74."""
    return f"{three_digits(value / MILLION)} million" if abs(value) >= MILLION else short(value)


def short(value: float) -> str:
    """Return a whole or large number whole, any other with three digits that count: 74,005, 0.74."""
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else three_digits(value)


def in_percent(share: float) -> str:
    """Return how much of a whole there is, and never the whole, or nothing, for what is nearly that."""
    told = f"{100 * share:.0f}%"
    if told == "100%" and share < COMPLETE:
        return "over 99%"
    return "under 1%" if told == "0%" and share > 0 else told


def three_digits(value: float) -> str:
    """Return a number with the three digits that count, never as a power of ten."""
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:.3g}"


def _percent(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def _days(value: float) -> str:
    return f"{value / YEAR_D:.1f} years" if value >= LONG_D else _span(value, "days")


def _hours(value: float) -> str:
    return _days(value / DAY_H) if value >= LONG_H else _span(value, "hours")


def _span(value: float, unit: str) -> str:
    if value < 1:
        return f"less than {'an' if unit == 'hours' else 'a'} {unit[:-1]}" if value else f"0 {unit}"
    told = f"{value:.0f}" if unit == "days" or value >= 10 else f"{value:.2g}"
    return f"{told} {unit[:-1] if told == '1' else unit}"


def _one(value: float, unit: str) -> str:
    if value != 1 or not unit.endswith("s"):
        return unit
    if unit.endswith("ies"):
        return f"{unit[:-3]}y"
    return unit.removesuffix("es") if unit.endswith(HISSING) else unit[:-1]


TOLD: dict[str, Callable[[float], str]] = {
    "speed relative to reference": lambda value: f"{bare(value)} times the reference speed".removeprefix("1 times "),
    "share": lambda value: f"{_percent(100 * value)} %",
    "probability": lambda value: f"{_percent(100 * value)} %",
    "1/year": lambda value: f"{100 * math.expm1(value):+.0f} % a year",
    "percentage points/year": lambda value: f"{value:+.2g} percentage point{'s' * (abs(value) != 1)} a year",
    "days": _days,
    "hours": _hours,
    "weeks": lambda value: _span(value, "weeks"),
}
"""How values of some units are told."""
