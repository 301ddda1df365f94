"""Which dimensions lose their scores within a month if no source answers any more and no fact is confirmed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

from scoring.rubric import Rubric
from scoring.score import score

AHEAD_D = 30
DIMENSION = ["subject", "dimension"]


def falls(evidence: pl.DataFrame, subjects: pl.DataFrame, as_of: datetime, rubric: Rubric) -> pl.DataFrame:
    """Return subject, dimension and the first day (on) of the next thirty on which a score of `as_of` is withheld."""
    at_ends = score(evidence, subjects, _days_ahead(as_of, (0, AHEAD_D)), rubric).dimensions
    return falls_between(at_ends, evidence, subjects, as_of, rubric)


def falls_between(
    at_ends: pl.DataFrame, evidence: pl.DataFrame, subjects: pl.DataFrame, as_of: datetime, rubric: Rubric
) -> pl.DataFrame:
    """Return the same as `falls`, where the dimensions at the first and the last of these days are scored already."""
    if _lost(at_ends, as_of).is_empty():
        return pl.DataFrame(schema={"subject": pl.String, "dimension": pl.String, "on": pl.Datetime("us")})
    every = _days_ahead(as_of, range(AHEAD_D + 1))
    lost = _lost(score(evidence, subjects, every, rubric).dimensions, as_of)
    return lost.group_by(DIMENSION).agg(on=pl.col("as_of").min()).sort("on", *DIMENSION)


def _days_ahead(as_of: datetime, steps: Iterable[int]) -> pl.DataFrame:
    return pl.DataFrame(
        {"as_of": [as_of + timedelta(days=step) for step in steps]}, schema={"as_of": pl.Datetime("us")}
    )


def _lost(dimensions: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return the rows without a score of what has one on the first day."""
    published = dimensions.filter((pl.col("as_of") == as_of) & pl.col("score").is_not_null()).select(DIMENSION)
    return dimensions.filter(pl.col("score").is_null()).join(published, on=DIMENSION, how="semi")
