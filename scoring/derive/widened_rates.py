"""Rates of issues that hold for small projects too: the cohort of 90 days, or as many more as it takes.

See docs/method.md#what-rubric-20262-measures.

A rate of fewer than 20 issues says nothing. Where 90 days bring fewer, the cohort is that of 180 days, then of 365; a
rate that has fewer even then is missing, with the number of its issues. A median that the cohort did not live to see is
marked by how long it was watched: the true one is longer. Where nobody asked anything in a year, because nothing
happens any more, the rates stand at their floor.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import polars as pl

from scoring.derive.issue_closes import NONE
from scoring.derive.issue_rates import COHORT, DAY, HOUR, RATES, rates

LEAST_ISSUES = 20
WINDOWS = (COHORT, 180 * DAY, 365 * DAY)
CLOSE, SOON, MEDIAN = (
    "github.issue_close_30d",
    "github.issue_first_response_48h",
    "github.issue_first_response_median_h",
)
FLOOR = {CLOSE: 0.0, SOON: 0.0, MEDIAN: 365 * DAY / HOUR}
WIDENED = {name: f"{name}_widened" for name in FLOOR}


def widened_rates(
    issues: pl.DataFrame,
    days: Sequence[datetime],
    closes: pl.DataFrame = NONE,
    quiet: Collection[str] = (),
    told: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return each rate of each subject at each day, columns as in RATES; `quiet` are subjects where nothing happens.

    The days must be ones before which the issues are known whole. `told` are the `rates` of just these days, where they
    are known already.
    """
    found, left = [pl.DataFrame(schema=RATES)], list(days)
    for window in WINDOWS:
        every = rates(issues, left, closes, window) if told is None or window != COHORT else told
        some = every.filter(pl.col("metric").is_in(list(FLOOR)))
        is_enough = pl.col("n") >= LEAST_ISSUES
        is_last = window == WINDOWS[-1]
        found.append(some.filter(is_enough if not is_last else pl.lit(value=True)))
        lacking = some.filter(~is_enough)
        if lacking.is_empty():
            break
        left, issues = lacking["day"].unique().to_list(), issues.join(lacking, on="subject", how="semi")
    first = pl.concat(found).unique(["subject", "day", "metric"], keep="first", maintain_order=True)
    return _marked(first, quiet).sort("subject", "day", "metric")


def _marked(found: pl.DataFrame, quiet: Collection[str]) -> pl.DataFrame:
    """Return the rates under their own names, with what too few issues cannot tell left out."""
    floor = pl.col("metric").replace_strict(FLOOR, return_dtype=pl.Float64)
    is_told = pl.col("n") >= LEAST_ISSUES
    is_over = (pl.col("n") == 0) & pl.col("subject").is_in(list(quiet))
    value = pl.when(is_told).then(pl.coalesce("value", "lo")).when(is_over).then(floor)
    return found.with_columns(
        pl.col("metric").replace_strict(WIDENED, return_dtype=pl.String),
        value=value,
        lo=pl.when(is_told).then("lo"),
        hi=pl.when(is_told).then("hi"),
    )
