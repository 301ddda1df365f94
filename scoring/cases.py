"""From dimensions to scores, with what keeps a score from being final, and the fingerprint of what it looks at."""

import hashlib

import polars as pl

from catalog.share import COMPLETE
from scoring.carry import carried
from scoring.changes import BY_NAME, Changes
from scoring.lint import DIMENSIONS
from scoring.rounding import half_up_expr
from scoring.rubric import Rubric

CASE = ["as_of", "subject"]
RECONSTRUCTED = pl.duration(days=30)


def scores(moved: Changes, dims: pl.DataFrame, contributions: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return the score of each case in which something moved; the rows are of the dimensions that did."""
    whole = carried(dims, moved, moved.whole)
    count = pl.col("is_enough").sum()
    is_enough = count == len(DIMENSIONS)
    per_case = whole.group_by(CASE, maintain_order=True).agg(
        pl.when(is_enough).then(pl.col("raw").mean()).alias("speed_raw"),
        pl.when(is_enough).then(half_up_expr(pl.col("score").mean(), 2)).alias("speed_mean"),
        pl.when(is_enough).then(half_up_expr(pl.col("score").mean(), 1)).alias("speed_score"),
        pl.col("lo").mean(),
        pl.col("hi").mean(),
        pl.col("coverage").mean(),
        count.alias("published"),
        _thin().alias("thin"),
        *(pl.col("score").filter(pl.col("dimension") == name).first().alias(name) for name in DIMENSIONS),
    )
    return (
        per_case.join(_measured(contributions, moved), on=CASE, maintain_order="left")
        .with_columns(**_fingerprints(contributions, moved, rubric))
        .with_columns(rubric=pl.lit(rubric.id), status=_status(), reason=_reason())
        .drop("published", "thin")
    )


def _thin() -> pl.Expr:
    """Name the dimensions that are not fully answered, with their coverage."""
    percent = (pl.col("coverage") * 100).round(0).cast(pl.Int64).cast(pl.String)
    named = pl.format("{} {}%", "dimension", percent)
    return named.filter(pl.col("coverage") < COMPLETE).str.join(", ")


def _status() -> pl.Expr:
    return (
        pl.when(pl.col("published") < len(DIMENSIONS))
        .then(pl.lit("withheld"))
        .when(pl.col("coverage") < COMPLETE)
        .then(pl.lit("provisional"))
        .otherwise(pl.lit("final"))
    )


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("published") < len(DIMENSIONS))
        .then(pl.format("n/a ({} of 5): coverage {}", "published", "thin"))
        .when(pl.col("coverage") < COMPLETE)
        .then(pl.format("coverage {}", "thin"))
    )


def _measured(contributions: pl.DataFrame, moved: Changes) -> pl.DataFrame:
    """Return per case how much of the answered weight was measured."""
    told = contributions.select(*CASE, "dimension", "weight", "measured", "state")
    is_fresh = pl.col("state").is_in(["fresh"])
    answered = pl.col("weight").filter(is_fresh).sum()
    measured = (pl.col("weight") * pl.col("measured")).filter(is_fresh).sum()
    share = pl.when(answered > 0).then(measured / answered).otherwise(0.0)
    return carried(told, moved, moved.whole).group_by(CASE, maintain_order=True).agg(measured_share=share)


def _fingerprints(contributions: pl.DataFrame, moved: Changes, rubric: Rubric) -> dict[str, pl.Series]:
    """Return per case whether it knows what nobody knew then, and the fingerprint of all that it looks at."""
    text = pl.concat_str(
        "metric", "state", pl.col("value").cast(pl.String), "status", "source",
        pl.col("valid_at").cast(pl.Int64).cast(pl.String),
        separator="|", ignore_nulls=False,
    ).fill_null(pl.format("{}|{}", "metric", "state"))  # fmt: skip
    is_late = ((pl.col("known_at") - pl.col("valid_at")) > RECONSTRUCTED).any().fill_null(False)
    of_cell = (
        contributions.select("known_at", "valid_at", text=text, cell=pl.Series(moved.numbers(contributions)))
        .group_by("cell", maintain_order=True)
        .agg(is_late=is_late, text=pl.col("text").str.join("\n"))
    )
    source = moved.holding(moved.whole).reshape(-1, len(BY_NAME))
    texts = of_cell["text"].to_list()
    prints = [
        hashlib.sha256("\n".join([rubric.sha256, *(texts[cell] for cell in cells)]).encode()).hexdigest()
        for cells in source.tolist()
    ]
    return {
        "is_reconstructed": pl.Series(of_cell["is_late"].to_numpy()[source].any(axis=1)),
        "inputs_sha256": pl.Series(prints, dtype=pl.String),
    }
