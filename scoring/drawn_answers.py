"""What draws need of the answers of a day, as arrays: about which value they lie, how widely, between which ends."""

from dataclasses import dataclass, fields

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.scenario import Array, has_norm, scaled

NORMAL_95 = 1.959963984540054
MEASURED_SPREAD = 0.02  # of the value on a log norm, of the goalposts' distance on a linear one
CURATED_SPREAD = {"high": 0.05, "medium": 0.10, "low": 0.20}  # of the same, by the confidence of the fact
LEVEL_MOVES = {"high": 0.25, "medium": 0.5, "low": 0.75}  # how often a judgement is a level off


@dataclass(frozen=True)
class DrawnAnswers:
    """Answers of one day (case x criterion); of one case, a row of each.

    `value` is on the scale of its norm (NaN without one), `level` a judgement; `spread` the standard deviation of a new
    value and `growth` by what age has grown it; `moves` how often a judgement is a level off; `low` and `high` the
    ends of an open answer.
    """

    value: Array
    level: Array
    spread: Array
    growth: Array
    moves: Array
    factor: Array
    best_factor: Array
    low: Array
    high: Array
    is_fresh: NDArray[np.bool_]
    is_stale: NDArray[np.bool_]
    applies: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: pl.DataFrame, frame: pl.DataFrame) -> "DrawnAnswers":
        """Read answered questions, which stand case by case in the order of the criteria."""

        def column(name: str, missing: float = 0.0) -> Array:
            return rows[name].fill_null(missing).to_numpy().reshape(-1, frame.height)

        def has(state: str) -> NDArray[np.bool_]:
            return (rows["state"] == state).to_numpy().reshape(-1, frame.height)

        return cls(
            value=scaled(frame, column("value", np.nan)),
            level=column("value"),
            spread=_spread(rows, frame),
            growth=np.sqrt(1 + column("age_days") / frame["max_age_days"].to_numpy()),
            moves=_by_confidence(rows, frame, LEVEL_MOVES),
            factor=column("factor"),
            best_factor=column("best_factor"),
            low=column("low"),
            high=column("high"),
            is_fresh=has("fresh"),
            is_stale=has("stale"),
            applies=~has("not_applicable"),
        )

    def case(self, place: int) -> "DrawnAnswers":
        """Return the answers of one case."""
        return DrawnAnswers(*(getattr(self, one.name)[place] for one in fields(self)))


def _spread(rows: pl.DataFrame, frame: pl.DataFrame) -> Array:
    """Return the standard deviation of each new value on the scale of its norm."""
    ends = {
        name: rows[name].fill_null(np.nan).to_numpy().reshape(-1, frame.height) for name in ("value_lo", "value_hi")
    }
    with np.errstate(invalid="ignore"):
        bounds = (scaled(frame, ends["value_hi"]) - scaled(frame, ends["value_lo"])) / (2 * NORMAL_95)
    lo, hi = (scaled(frame, frame[name].fill_null(np.nan).to_numpy()) for name in ("lo", "hi"))
    is_curated = (rows["status"] == "curated").fill_null(False).to_numpy().reshape(-1, frame.height)
    share = np.where(is_curated, _by_confidence(rows, frame, CURATED_SPREAD), MEASURED_SPREAD)
    declared = share * np.where(has_norm(frame, "log"), 1.0, np.abs(hi - lo))
    found: Array = np.where(np.isfinite(bounds) & (bounds > 0), bounds, declared)
    return found


def _by_confidence(rows: pl.DataFrame, frame: pl.DataFrame, found: dict[str, float]) -> Array:
    """Return a figure for the confidence of each answer; what has none counts as medium."""
    told = rows["confidence"].replace_strict(found, default=found["medium"], return_dtype=pl.Float64)
    return told.to_numpy().reshape(-1, frame.height)
