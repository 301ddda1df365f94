"""Which figures decide: nominal weights beside effective ones, and figures that say the same.

See docs/backtests.md#which-figures-decide.

The effective weight of a figure is the share of the variance of the Speed Score, over the subjects of a day, that its
points explain: cov(points, score) / var(score). The shares of all figures sum to 1; a negative one works against the
ranking.
"""

import polars as pl

from scoring.score import Scored

ALIKE = 0.9
LEAST_SUBJECTS = 5


def effective_weights(scored: Scored) -> pl.DataFrame:
    """Return dimension, metric, nominal and effective weight of the figures of one day, the most effective first."""
    rows = scored.contributions.group_by("subject", "dimension", "metric").agg(pl.col("points", "weight").sum())
    totals = rows.group_by("subject").agg(total=pl.col("points").sum())
    both = rows.join(totals, on="subject")
    spread = totals["total"].var()
    if totals.height < LEAST_SUBJECTS or not spread:
        return pl.DataFrame(schema={"dimension": pl.String, "metric": pl.String, "nominal": pl.Float64,
                                    "effective": pl.Float64})  # fmt: skip
    found = both.group_by("dimension", "metric").agg(
        nominal=pl.col("weight").mean(), effective=pl.cov("points", "total") / spread
    )
    return found.sort("effective", "metric", descending=[True, False])


def redundant(scored: Scored) -> pl.DataFrame:
    """Return the pairs of figures of one dimension whose marks correlate by more than 0.9 over the subjects."""
    marks = scored.contributions.filter((pl.col("state") == "fresh") & pl.col("mark").is_not_null())
    pairs = marks.join(marks, on=["subject", "dimension"], suffix="_other").filter(
        pl.col("metric") < pl.col("metric_other")
    )
    found = pairs.group_by("dimension", "metric", "metric_other").agg(
        subjects=pl.len(), correlation=pl.corr("mark", "mark_other")
    )
    alike = (pl.col("subjects") >= LEAST_SUBJECTS) & (pl.col("correlation").abs() > ALIKE)
    return found.filter(alike & pl.col("correlation").is_not_nan()).sort("correlation", "metric", descending=True)
