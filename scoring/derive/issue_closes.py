"""The close of an issue that stands: the first one that was not undone within seven days.

See docs/method.md#definitions-that-readers-ask-for.
"""

import polars as pl

WEEK = 7 * 86_400_000_000
QUARTER = 90 * 86_400_000_000
UNTOLD: dict[str, pl.DataType] = {
    "gone_at": pl.Datetime("us"),
    "comments_until": pl.Datetime("us"),
    "is_history_known": pl.Boolean(),
}
CLOSES = pl.Schema(
    {
        "subject": pl.String(),
        "number": pl.Int64(),
        "closed_at": pl.Datetime("us"),
        "reopened_at": pl.Datetime("us"),
        "reason": pl.String(),
        "is_by_bot": pl.Boolean(),
    }
)
NONE = pl.DataFrame(schema=CLOSES)


def with_unknown(issues: pl.DataFrame) -> pl.DataFrame:
    """Return the issues with what a plain list of them does not tell: nothing is known of it."""
    lacking = {name: kind for name, kind in UNTOLD.items() if name not in issues.columns}
    return issues.with_columns(pl.lit(None, kind).alias(name) for name, kind in lacking.items())


def reopened(closes: pl.DataFrame) -> pl.DataFrame:
    """Return the closes of the issues that were ever reopened; all others have one close, which stands."""
    was = pl.col("reopened_at").is_not_null().any().over("subject", "number")
    return closes.filter(was).select("number", "reason", *(_us(name) for name in ("closed_at", "reopened_at")))


def standing(pairs: pl.DataFrame, closes: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs with the first close that stands at the day, for the issues of `closes`.

    `pairs` has number, cohort, created, age, close and state_reason; `closes` is what `reopened` gives. A close at the
    day or later has not happened, nor has a reopening. Adds was_reopened.
    """
    day = pl.col("created") + pl.col("age")
    is_undone = pl.col("reopened_at") < day
    stands = (~is_undone | (pl.col("reopened_at") - pl.col("closed_at") > WEEK)).fill_null(value=True)
    found = (
        pairs.select("number", "cohort", "created", "age")
        .join(closes, on="number")
        .group_by("number", "cohort")
        .agg(
            _first((pl.col("closed_at") < day) & stands, (pl.col("closed_at") - pl.col("created")).clip(0), "first"),
            _first((pl.col("closed_at") < day) & stands, pl.col("reason"), "first_reason"),
            was_reopened=is_undone.fill_null(value=False).any(),
            is_told=pl.lit(value=True),
        )
    )
    told = pairs.join(found, on=["number", "cohort"], how="left", maintain_order="left")
    is_told = pl.col("is_told").is_not_null()
    return told.with_columns(
        close=pl.when(is_told).then("first").otherwise("close"),
        state_reason=pl.when(is_told).then("first_reason").otherwise("state_reason"),
        was_reopened=pl.col("was_reopened").fill_null(value=False),
    ).drop("first", "first_reason", "is_told")


def closed_lately(issues: pl.DataFrame, days: pl.Series, closes: pl.DataFrame) -> pl.Series:
    """Return how many issues had their first lasting close in the 90 days before each day; `closes` as in `standing`.

    A close that is undone within seven days stood until then.
    """
    plain = issues.filter(pl.col("closed_at").is_not_null()).join(closes, on="number", how="anti")
    stands = (pl.col("reopened_at") - pl.col("closed_at") > WEEK).fill_null(value=True)
    firsts = (
        closes.join(issues, on="number", how="semi")
        .sort("number", "closed_at")
        .with_columns(stands=stands)
        .filter(pl.col("stands").cum_sum().over("number") - pl.col("stands") == 0)
        .with_columns(stood=pl.when("stands").then(QUARTER).otherwise(pl.col("reopened_at") - pl.col("closed_at")))
    )
    once = plain.select(pl.col("closed_at").to_physical(), stood=pl.lit(QUARTER, pl.Int64))
    both = pl.concat([once, firsts.select("closed_at", pl.col("stood").cast(pl.Int64))])
    begun, ended = (
        both.select(moment).to_series().sort().search_sorted(days).cast(pl.Int64)
        for moment in (pl.col("closed_at"), pl.col("closed_at") + pl.col("stood"))
    )
    return begun - ended


def _first(which: pl.Expr, what: pl.Expr, name: str) -> pl.Expr:
    return what.sort_by("closed_at").filter(which.sort_by(pl.col("closed_at"))).first().alias(name)


def _us(name: str) -> pl.Expr:
    return pl.col(name).to_physical().alias(name)
