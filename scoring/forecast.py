"""Which dimensions lose their scores within a month if no source answers any more and no fact is confirmed."""

from datetime import datetime

import polars as pl

from scoring.rubric import Rubric
from scoring.score import score

AHEAD_D = 30
DIMENSION = ["subject", "dimension"]


def falls(evidence: pl.DataFrame, subjects: pl.DataFrame, as_of: datetime, rubric: Rubric) -> pl.DataFrame:
    """Return subject, dimension and the first day (on) of the next thirty on which a score of `as_of` is withheld."""
    ahead = pl.Series("as_of", [as_of], dtype=pl.Datetime("us")).dt.offset_by
    days = pl.concat([ahead(f"{step}d") for step in (0, AHEAD_D)]).to_frame()
    if _lost(score(evidence, subjects, days, rubric).dimensions, as_of).is_empty():
        return pl.DataFrame(schema={"subject": pl.String, "dimension": pl.String, "on": pl.Datetime("us")})
    every = pl.concat([ahead(f"{step}d") for step in range(AHEAD_D + 1)]).to_frame()
    lost = _lost(score(evidence, subjects, every, rubric).dimensions, as_of)
    return lost.group_by(DIMENSION).agg(on=pl.col("as_of").min()).sort("on", *DIMENSION)


def _lost(dimensions: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Return the rows without a score of what has one on the first day."""
    published = dimensions.filter((pl.col("as_of") == as_of) & pl.col("score").is_not_null()).select(DIMENSION)
    return dimensions.filter(pl.col("score").is_null()).join(published, on=DIMENSION, how="semi")
