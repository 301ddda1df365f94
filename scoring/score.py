"""Score any days of any subjects in one pass: a pure function of evidence, days and rubric."""

from dataclasses import dataclass

import polars as pl

from scoring.aggregate import DIMENSION, numbered
from scoring.answers import answers, grid, questions_of
from scoring.carry import carried
from scoring.cases import CASE, scores
from scoring.changes import changes
from scoring.combine import dimensions, intervals
from scoring.lint import DIMENSIONS
from scoring.liveness import backing_rows, disciplined, gate_rows, gates
from scoring.rounding import half_up_expr
from scoring.rubric import Rubric

MEASURED = ["measured", "derived"]


@dataclass(frozen=True)
class Scored:
    """Scores, their dimensions and the contributions behind them, each sorted by its key."""

    scores: pl.DataFrame
    dimensions: pl.DataFrame
    contributions: pl.DataFrame
    gates: pl.DataFrame
    """By what a dimension is multiplied (factor)."""


def score(
    evidence: pl.DataFrame,
    subjects: pl.DataFrame,
    days: pl.DataFrame,
    rubric: Rubric,
    peers: pl.DataFrame | None = None,
) -> Scored:
    """Score each subject (subject, kind) on each day (as_of, naive UTC midnight) from the evidence.

    A dimension is scored anew on days on which it can have moved, and carried to the days between. `peers` are the
    percentiles of the days where these are not all of their subjects (scoring/interval.py): others may move on any day.
    """
    moved = changes(evidence, subjects, days, rubric)
    if peers is not None:
        moved = moved.every
    dims, contributions, gated = _dimensions(moved.cells, evidence, rubric, peers)
    found = scores(moved, dims, contributions, rubric)
    return Scored(
        carried(found, moved.cases, moved.cases.every),
        carried(dims, moved, moved.every).drop("is_enough"),
        carried(contributions, moved, moved.every).drop("measured"),
        carried(gated, moved, moved.every),
    )


def _dimensions(
    cells: pl.DataFrame, evidence: pl.DataFrame, rubric: Rubric, peers: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Score some dimensions; return them, what contributes to them, and their gates."""
    marked = _marked(questions_of(cells, rubric), evidence, rubric)
    members, points = dimensions(marked, rubric)
    gated = gates(cells, evidence, rubric)
    beside = (intervals(marked, members, rubric, peers), gated.select(*DIMENSION, "factor"), _known_answers(members))
    open_gates = points
    for more in beside:
        open_gates = open_gates.join(more, on=DIMENSION, how="left", maintain_order="left")
    dims = _published(open_gates.with_columns(pl.col("mark", "lo", "hi") * pl.col("factor").fill_null(1.0)), rubric)
    contributions = _contributions(members, [backing_rows(members), gate_rows(gated, open_gates)], rubric)
    return dims, contributions, gated


def marks(evidence: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return every question with its answer and its mark, what is alive considered."""
    return _marked(grid(days, subjects, rubric), evidence, rubric)


def _marked(questions: pl.DataFrame, evidence: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    return numbered(disciplined(answers(questions, evidence, rubric), evidence, rubric))


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
