"""Kaplan-Meier curves of many cohorts at once.

Within a cohort the cases stand in order of their duration, events before the censored ones of the same duration, and
each event is taken alone: (1 - 1/n)(1 - 1/(n-1))... over d equal durations is 1 - d/n, and 1/(n(n-1)) + ... is
d/(n(n-d)), so ties need no grouping.
"""

import polars as pl

WIDTH = 2**45
HALF = 0.5 + 1e-12  # three of six leave a hair more than a half in floating point


def curves(cases: pl.DataFrame, horizon: int) -> pl.DataFrame:
    """Return per cohort n, the longest duration, the share with an event by `horizon`, its standard error, the median.

    `cases` has cohort (a small whole number), duration (a whole number below 2**44) and is_event; a case without an
    event was seen until its duration. The standard error is Greenwood's; it is 0 where nobody or everybody had the
    event. The median is null where the curve does not reach a half by the horizon.
    """
    sizes = cases.group_by("cohort").agg(n=pl.len().cast(pl.Int64), longest=pl.col("duration").max())
    at_risk = pl.col("n") - pl.int_range(pl.len()).over("cohort")
    events = (
        _in_order(cases.filter(pl.col("duration") <= horizon))
        .join(sizes, on="cohort", maintain_order="left")
        .with_columns(at_risk=at_risk)
        .filter("is_event")
        .with_columns(left=(pl.col("at_risk") - 1) / pl.col("at_risk"))
        .with_columns(alive=pl.col("left").cum_prod().over("cohort"))
    )
    spread = (1 / (pl.col("at_risk") * (pl.col("at_risk") - 1))).filter(pl.col("at_risk") > 1).sum().sqrt()
    found = events.group_by("cohort").agg(
        share=1 - pl.col("alive").last(),
        se=pl.col("alive").last() * spread,
        median=pl.col("duration").filter(pl.col("alive") <= HALF).first(),
    )
    return sizes.join(found, on="cohort", how="left").with_columns(pl.col("share", "se").fill_null(0.0))


def _in_order(cases: pl.DataFrame) -> pl.DataFrame:
    """Return the cases by cohort, duration and event first; one whole number sorts much quicker than three columns."""
    key = pl.col("cohort").cast(pl.Int64) * WIDTH + pl.col("duration") * 2 + (~pl.col("is_event")).cast(pl.Int64)
    rest = pl.col("key") % WIDTH
    return cases.select(key=key.sort()).select(
        cohort=pl.col("key") // WIDTH, duration=rest // 2, is_event=rest % 2 == 0
    )
