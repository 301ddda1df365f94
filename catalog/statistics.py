"""Statistics that the warehouse and the scores share: Wilson's interval and Theil-Sen slopes, as plain arithmetic."""

from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import Any

NORMAL_95 = 1.959963984540054


def wilson_ends(share: Any, n: Any) -> tuple[Any, Any]:
    """Return both ends of the 95 % Wilson score interval of a share of n cases, for numbers and Polars expressions.

    Rounding may put an end a hair outside 0 to 1; clip it.
    """
    z = NORMAL_95
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return middle - half, middle + half


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share of n cases."""
    lo, hi = wilson_ends(share, n)
    return max(0.0, lo), min(1.0, hi)


def weighted_mean(shares: Sequence[tuple[float, float, float]], weights: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of independent shares, each with both ends of its interval; weights need not sum to 1.

    The distances to the ends add up as independent errors do.
    """
    parts = [weight / sum(weights) for weight in weights]
    value, below, above = (
        sum(part * one for part, (one, _, _) in zip(parts, shares, strict=True)),
        sum((part * (one - lo)) ** 2 for part, (one, lo, _) in zip(parts, shares, strict=True)) ** 0.5,
        sum((part * (hi - one)) ** 2 for part, (one, _, hi) in zip(parts, shares, strict=True)) ** 0.5,
    )
    return value, max(0.0, value - below), min(1.0, value + above)


def slopes(points: Sequence[tuple[float, float]], unit: float = 1) -> list[float]:
    """Return the slopes of all pairs of points with distinct abscissae, sorted, per `unit` of the abscissa."""
    return sorted(unit * (y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in combinations(points, 2) if x1 != x2)


def theil_sen(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the median of all pairwise slopes; None for fewer than two distinct abscissae."""
    found = slopes(points)
    return median(found) if found else None


def chapman(first: int, second: int, both: int) -> tuple[float, float, float]:
    """Return how many there are in all, by two lists and what is on both, with both ends of the 95 % interval.

    Chapman's estimator of capture and recapture; it takes the lists to be independent, and is too low where they
    find the same things easily. The lower end is never below what is on either list.
    """
    total = (first + 1) * (second + 1) / (both + 1) - 1
    spread = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    half = NORMAL_95 * spread**0.5
    return total, max(float(first + second - both), total - half), total + half
