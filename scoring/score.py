"""Score any days of any subjects in one pass: a pure function of evidence, days and rubric."""

import hashlib
from dataclasses import dataclass

import polars as pl

from scoring.aggregate import DIMENSION, numbered
from scoring.answers import answers, grid
from scoring.combine import dimensions, intervals
from scoring.lint import DIMENSIONS
from scoring.liveness import backing_rows, disciplined, gate_rows, gates
from scoring.rounding import half_up_expr
from scoring.rubric import Rubric

CASE = ["as_of", "subject"]
COMPLETE = 1 - 1e-9
MEASURED = ["measured", "derived"]
RECONSTRUCTED = pl.duration(days=30)


@dataclass(frozen=True)
class Scored:
    """Scores, their dimensions and the contributions behind them, each sorted by its key."""

    scores: pl.DataFrame
    dimensions: pl.DataFrame
    contributions: pl.DataFrame
    gates: pl.DataFrame
    """By what a dimension is multiplied (factor)."""


def score(evidence: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> Scored:
    """Score each subject (subject, kind) on each day (as_of, naive UTC midnight) from the evidence."""
    marked = marks(evidence, subjects, days, rubric)
    members, points = dimensions(marked, rubric)
    gated = gates(days.sort("as_of").join(subjects.sort("subject"), how="cross"), evidence, rubric)
    beside = (intervals(marked, rubric), gated.select(*DIMENSION, "factor"), _known_answers(members))
    open_gates = points
    for more in beside:
        open_gates = open_gates.join(more, on=DIMENSION, how="left", maintain_order="left")
    dims = _published(open_gates.with_columns(pl.col("mark", "lo", "hi") * pl.col("factor").fill_null(1.0)), rubric)
    contributions = _contributions(members, [backing_rows(members), gate_rows(gated, open_gates)], rubric)
    scores = _scores(dims, contributions, rubric)
    return Scored(scores, dims.drop("is_enough"), contributions.drop("measured"), gated)


def marks(evidence: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return every question with its answer and its mark, what is alive considered."""
    return numbered(disciplined(answers(grid(days, subjects, rubric), evidence, rubric), evidence, rubric))


def _known_answers(members: pl.DataFrame) -> pl.DataFrame:
    """Return how many answers of each dimension were ever had, fresh or stale."""
    is_had = pl.col("state").is_in(["fresh", "stale"])
    return members.group_by(DIMENSION, maintain_order=True).agg(known_answers=is_had.sum())


def _published(points: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Publish a dimension where enough of its weight is answered, by figures enough; the interval holds the mark."""
    floor = pl.col("dimension").replace_strict(rubric.min_coverage, return_dtype=pl.Float64)
    is_enough = pl.col("mark").is_not_null() & (pl.col("coverage") >= floor - 1e-9)
    is_enough &= pl.col("known_answers") >= rubric.min_answers
    return (
        points.with_columns(
            is_enough=is_enough,
            lo=pl.min_horizontal("lo", "mark"),
            hi=pl.max_horizontal("hi", "mark"),
            score=pl.when(is_enough).then(half_up_expr(pl.col("mark"), 1)),
        )
        .rename({"mark": "raw"})
        .with_columns(rubric=pl.lit(rubric.id))
        .select(*CASE, "rubric", "dimension", "score", "raw", "lo", "hi", "coverage", "is_enough")
    )


def _contributions(members: pl.DataFrame, liveness: list[pl.DataFrame], rubric: Rubric) -> pl.DataFrame:
    """Return what each metric brings to the mean of the five dimensions: points = weight x mark.

    What a mark or a dimension lost to liveness stands in rows of its own, so a mark is shown as it was before.
    """
    weight, mark = pl.col("weight_in_dimension") / len(DIMENSIONS), pl.col("effective_mark") / pl.col("factor")
    is_unused = (pl.col("state") == "fresh") & (pl.col("use_weight") == 0)
    measured = pl.when(pl.col("status").is_in(MEASURED)).then(1.0).when("is_backed").then(0.5).otherwise(0.0)
    found = members.select(
        *CASE,
        pl.lit(rubric.id).alias("rubric"),
        "dimension",
        "group",
        "metric",
        "value",
        pl.coalesce(mark, pl.col("mark") / pl.col("factor")).alias("mark"),
        weight.alias("weight"),
        (weight * mark).fill_null(0.0).alias("points"),
        pl.when(is_unused).then(pl.lit("unused")).otherwise("state").alias("state"),
        "status",
        "source",
        "valid_at",
        "known_at",
        "age_days",
        measured.alias("measured"),
    )
    lost = [_lost(rows, found, rubric) for rows in liveness if rows.height]
    return pl.concat([found, *lost]).sort(*CASE, "dimension", "group", "metric") if lost else found


def _lost(rows: pl.DataFrame, like: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return rows of liveness as contributions: points without a weight or a mark of their own."""
    return rows.with_columns(
        pl.col("points") / len(DIMENSIONS),
        rubric=pl.lit(rubric.id),
        mark=pl.lit(None, pl.Float64),
        weight=pl.lit(0.0),
        measured=pl.lit(0.0),
    ).select(like.columns)


def _scores(dims: pl.DataFrame, contributions: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    wide = dims.pivot("dimension", index=CASE, values="score").select(*CASE, *DIMENSIONS)
    count = pl.col("is_enough").sum()
    per_case = dims.group_by(CASE, maintain_order=True).agg(
        pl.when(count == len(DIMENSIONS)).then(pl.col("raw").mean()).alias("speed_raw"),
        pl.when(count == len(DIMENSIONS)).then(half_up_expr(pl.col("score").mean(), 2)).alias("speed_mean"),
        pl.when(count == len(DIMENSIONS)).then(half_up_expr(pl.col("score").mean(), 1)).alias("speed_score"),
        pl.col("lo").mean(),
        pl.col("hi").mean(),
        pl.col("coverage").mean(),
        count.alias("published"),
        _thin().alias("thin"),
    )
    return (
        per_case.join(wide, on=CASE, maintain_order="left")
        .join(_evidence_facts(contributions, rubric), on=CASE, maintain_order="left")
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


def _evidence_facts(contributions: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return per case: how much of the answered weight was measured, the fingerprint, and the hindsight mark."""
    is_fresh = pl.col("state").is_in(["fresh"])
    answered = pl.col("weight").filter(is_fresh).sum()
    measured = (pl.col("weight") * pl.col("measured")).filter(is_fresh).sum()
    text = pl.concat_str(
        "metric", "state", pl.col("value").cast(pl.String), "status", "source",
        pl.col("valid_at").cast(pl.Int64).cast(pl.String),
        separator="|", ignore_nulls=False,
    ).fill_null(pl.format("{}|{}", "metric", "state"))  # fmt: skip
    found = (
        contributions.with_columns(text=text)
        .group_by(CASE, maintain_order=True)
        .agg(
            measured_share=pl.when(answered > 0).then(measured / answered).otherwise(0.0),
            is_reconstructed=((pl.col("known_at") - pl.col("valid_at")) > RECONSTRUCTED).any().fill_null(False),
            inputs=pl.col("text").str.join("\n"),
        )
    )
    prints = [hashlib.sha256(f"{rubric.sha256}\n{one}".encode()).hexdigest() for one in found["inputs"]]
    return found.drop("inputs").with_columns(inputs_sha256=pl.Series(prints, dtype=pl.String))
