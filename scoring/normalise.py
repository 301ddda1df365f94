"""From a value to a mark between 0 and 10, by fixed goalposts (docs/method.md#from-an-answer-to-a-score)."""

import polars as pl

from scoring.rubric import Rubric


def mark(value: pl.Expr, rubric: Rubric) -> pl.Expr:
    """Return the mark of `value` under the norm and goalposts in the columns norm, lo, hi.

    Null stays null; zero and below are the floor of a log norm; lo > hi means that less is better.
    """
    lo, hi = pl.col("lo"), pl.col("hi")
    log = (value.clip(lower_bound=0).log() - lo.log()) / (hi.log() - lo.log())
    linear = (value - lo) / (hi - lo)
    return (
        pl.when(pl.col("norm") == "log")
        .then(log.clip(0, 1) * 10)
        .when(pl.col("norm") == "linear")
        .then(linear.clip(0, 1) * 10)
        .otherwise(_level(value, rubric.ordinal))
    )


def _level(value: pl.Expr, ordinal: tuple[float, ...]) -> pl.Expr:
    place = value.clip(0, len(ordinal) - 1).round(0).cast(pl.Int8, strict=False)
    return place.replace_strict(dict(enumerate(ordinal)), default=None, return_dtype=pl.Float64)
