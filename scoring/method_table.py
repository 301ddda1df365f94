"""A rubric as a table for readers: weights, goalposts, what one doubling is worth, and the price of half a point."""

from math import log
from typing import Any

from catalog.metric import METRICS
from catalog.wording import three_digits
from scoring.criterion import LESS, Criterion
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.words.phrases import phrases

HALF_POINT = 0.5
MOST_MARK = 10.0


def method_rows(rubric: Rubric) -> list[dict[str, Any]]:
    """Return one row per criterion, in the order of the dimensions, the weightiest first.

    `weight` is its share of the dimension, `most` the points of the Speed Score that it can bring, `doubling` the
    points for twice as much (for half as much where less is better; None where values are no amounts), `price` what
    half a point of the Speed Score takes by this figure alone, in words.
    """
    order = list(DIMENSIONS)
    found = [_row(one) for one in rubric.criteria]
    return sorted(found, key=lambda row: (order.index(row["dimension"]), -row["weight"], row["metric"]))


def _row(one: Criterion) -> dict[str, Any]:
    weight = one.group_weight * one.weight
    most = MOST_MARK * weight / len(DIMENSIONS)
    metric = METRICS[one.metric]
    return {
        "dimension": one.dimension,
        "group": one.group,
        "metric": one.metric,
        "name": phrases().name(one.metric),
        "meaning": metric.meaning,
        "unit": metric.unit,
        "source": one.source,
        "weight": weight,
        "most": most,
        "norm": one.norm,
        "lo": one.lo,
        "hi": one.hi,
        "is_less_better": one.direction == LESS,
        "max_age_days": one.max_age_days,
        "doubling": _doubling(one, most),
        "price": _price(one, most),
    }


def _doubling(one: Criterion, most: float) -> float | None:
    return most * log(2) / abs(log(one.hi / one.lo)) if one.norm == "log" else None


def _price(one: Criterion, most: float) -> str:
    """Say what half a point costs between the goalposts, where the other figures stay as they are."""
    if most < HALF_POINT:
        return "not by this alone"
    share = HALF_POINT / most
    if one.norm == "log":
        factor = abs(one.hi / one.lo) ** share
        return f"{three_digits(factor)} times as much" if factor > 1 else f"{three_digits(1 / factor)} times less"
    if one.norm == "linear":
        return f"{share * abs(one.hi - one.lo):.3g} {'less' if one.hi < one.lo else 'more'}"
    return f"{share * 4:.1f} levels"
