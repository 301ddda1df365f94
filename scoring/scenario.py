"""What a draw changes for everybody: goalposts, weights, and how dimensions become a score (docs/backtests.md)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.lint import DIMENSIONS

DRAWS = 2_000
GOALPOST_FACTOR = {"log": 2.0, "linear": 1.1, "ordinal": 1.0}
WEIGHT_SPREAD, DIRICHLET = 0.3, 20.0
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Perturbation:
    """What is drawn, all else staying as it is; and how evenly dimension weights are drawn (1: any are as likely)."""

    what: frozenset[str]
    dirichlet: float = DIRICHLET


INPUTS, GOALPOSTS, INNER, OUTER, AGGREGATOR = "inputs", "goalposts", "inner weights", "dimension weights", "aggregator"
EVERYTHING = Perturbation(frozenset({INPUTS, GOALPOSTS, INNER, OUTER, AGGREGATOR}))


@dataclass(frozen=True)
class Scenarios:
    """What a draw changes for everybody: goalposts, weights, and how dimensions become a score."""

    stretch: Array
    inner: Array
    outer: Array
    dimension_weights: Array
    is_product: NDArray[np.bool_]


def draw_scenarios(
    frame: pl.DataFrame, groups: pl.DataFrame, chance: np.random.RandomState, perturbed: Perturbation
) -> Scenarios:
    """Draw the scenarios. All parts are drawn in one order, whatever is perturbed, so each part is always the same."""
    inner, outer = frame["weight"].to_numpy(), groups["group_weight"].to_numpy()
    stretch = _stretch(frame, chance.uniform(-1, 1, (DRAWS, frame.height)))
    inner_noise, outer_noise = (chance.standard_normal((DRAWS, rows)) for rows in (frame.height, groups.height))
    dimension_weights = chance.dirichlet([perturbed.dirichlet] * len(DIMENSIONS), DRAWS)
    is_product = chance.random_sample(DRAWS) < 0.5
    spread = WEIGHT_SPREAD * (INNER in perturbed.what)
    even = np.full_like(dimension_weights, 1 / len(DIMENSIONS))
    return Scenarios(
        stretch=stretch if GOALPOSTS in perturbed.what else np.ones_like(stretch),
        inner=inner * np.exp(spread * inner_noise),
        outer=outer * np.exp(spread * outer_noise),
        dimension_weights=dimension_weights if OUTER in perturbed.what else even,
        is_product=is_product & (AGGREGATOR in perturbed.what),
    )


def _stretch(frame: pl.DataFrame, drawn: Array) -> Array:
    """Return how far the goalposts are stretched: the upper one x/÷ 2 on a log norm, x/÷ 1.1 on a linear one."""
    factor = np.array([GOALPOST_FACTOR[norm] for norm in frame["norm"]]) ** drawn
    lo, hi = (scaled(frame, frame[name].fill_null(np.nan).to_numpy()) for name in ("lo", "hi"))
    found: Array = np.where(has_norm(frame, "log"), 1 + np.log(factor) / (hi - lo), factor)
    return found


def scaled(frame: pl.DataFrame, values: Array) -> Array:
    """Return values (criteria last) on the scale of their norm: the logarithm or the value itself; NaN stays NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.where(has_norm(frame, "log"), np.log(np.maximum(values, 0)), values)
    return found


def has_norm(frame: pl.DataFrame, norm: str) -> Any:
    """Return which criteria have a norm."""
    return (frame["norm"] == norm).to_numpy()
