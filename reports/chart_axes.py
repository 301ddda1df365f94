"""The axes of charts: round numbers, and months and years that people know."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, floor, log10

EPOCH = date(1970, 1, 1)
STEPS = (1, 2, 5, 10)
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)
LEAST_DIGITS, MOST_DIGITS = 3, 12
LONG_DAYS, SHORT_DAYS = 800, 45


def number_ticks(lo: float, hi: float, most: int) -> list[float]:
    """Return round numbers from at or below lo to at or above hi, about `most` of them."""
    span = hi - lo or abs(hi) or 1.0
    size = 10 ** floor(log10(span / most))
    step = next(size * one for one in STEPS if size * one >= span / most)
    first, last = floor(lo / step), ceil(hi / step)
    return [step * place for place in range(first, max(last, first + 1) + 1)]


def time_ticks(first: float, last: float, most: int) -> list[tuple[float, str]]:
    """Return days since 1970 with their words: years of a long span, months of a shorter one, else days."""
    start, end = (EPOCH + timedelta(days=floor(day)) for day in (first, last))
    if last - first <= SHORT_DAYS:
        step = max(1, ceil((last - first) / most))
        days = [start + timedelta(days=more) for more in range(0, (end - start).days + 1, step)]
        return [(float((day - EPOCH).days), f"{day.day} {day:%b}") for day in days]
    months = (end.year - start.year) * 12 + end.month - start.month
    step = next((one for one in MONTH_STEPS if months / one <= most), 120)
    zero = start.year * 12 + start.month - 1
    seats = range(-(-zero // step) * step, zero + months + 1, step)
    found = [((date(seat // 12, seat % 12 + 1, 1) - EPOCH).days, seat) for seat in seats]
    return [(float(day), _month(seat, step)) for day, seat in found if first <= day <= last]


def apart(numbers: Sequence[float]) -> list[str]:
    """Write the numbers of an axis, with as many digits as it takes to tell them apart."""
    told = ([short(number, digits) for number in numbers] for digits in range(LEAST_DIGITS, MOST_DIGITS))
    return next((words for words in told if len(set(words)) == len(words)), [str(number) for number in numbers])


def short(number: float, digits: int = LEAST_DIGITS) -> str:
    """Write a number for an axis: 1.5M, 20k, 0.25."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.{digits}g}{letter}"
    return f"{number:.{digits}g}"


def _month(seat: int, step: int) -> str:
    day = date(seat // 12, seat % 12 + 1, 1)
    return f"{day:%Y}" if step >= 12 or day.month == 1 else f"{day:%b} {day:%y}" if step >= 3 else f"{day:%b}"
