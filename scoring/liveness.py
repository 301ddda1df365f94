"""What is alive: capabilities and dimensions are worth less when the repositories behind them are dying.

See docs/method.md#how-alive-a-repository-is.

Under a rubric that leaves the unseen to the others, a state that is past its age keeps its factor, and where no state
was ever known the factor is 1. Under a monotone one an unknown state of a repository that stands behind a
capability counts at its worst; best_factor is what it could be. Gates, which multiply a whole dimension by one answer,
are for the others alone.
"""

import polars as pl

from catalog.liveness import STATES
from scoring.answers import CELL, effective
from scoring.rubric import Rubric

CASE = ["as_of", "subject"]
ANSWER = ["value", "status", "source", "valid_at", "known_at", "age_days"]
MEASURED = ["measured", "derived"]
STATE = pl.when(pl.col("is_fresh")).then(pl.lit("fresh")).otherwise(pl.lit("stale"))
UNKNOWN = pl.lit("missing")


def disciplined(marked: pl.DataFrame, evidence: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Multiply the mark of each capability by the factor of what backs it; add factor, best_factor and is_backed.

    is_backed says that the state is fresh and measured.
    """
    asked = marked.filter(pl.col("backing").is_not_null()).select("question", *CASE, metric="backing")
    found = _states(asked, evidence, rubric.capability_factors, rubric)
    if rubric.is_monotone:
        found = _at_worst(_backed(asked, evidence), found, rubric.capability_factors)
    is_backed = (pl.col("backing_state") == "fresh") & pl.col("backing_status").is_in(MEASURED)
    renamed = (pl.col(name).alias(f"backing_{name}") for name in ("state", *ANSWER))
    with_states = marked.join(
        found.select("question", "factor", "best_factor", *renamed), on="question", how="left", maintain_order="left"
    )
    return with_states.with_columns(
        pl.col("factor", "best_factor").fill_null(1.0), is_backed=is_backed.fill_null(False)
    ).with_columns(pl.col("mark", "ceiling") * pl.col("factor"))


def gates(cells: pl.DataFrame, evidence: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return the gate of each dimension that has one, where its state is known: its factor and the answer behind it.

    `cells` are as_of, subject and dimension.
    """
    gated = pl.DataFrame(list(rubric.gates.items()), schema=["dimension", "metric"], orient="row")
    gated = gated.cast({"dimension": pl.String, "metric": pl.String})
    asked = cells.select(*CASE, "dimension").join(gated, on="dimension", maintain_order="left")
    asked = asked.with_row_index("question")
    found = _states(asked.drop("dimension"), evidence, rubric.gate_factors, rubric)
    return asked.join(found, on="question", maintain_order="left").drop("question")


def backing_rows(members: pl.DataFrame) -> pl.DataFrame:
    """Return the contribution of each state that backs a capability: what the mark lost by it."""
    weight, factor = pl.col("weight_in_dimension"), pl.col("factor")
    return members.filter(pl.col("backing_state").is_not_null()).select(
        *CASE,
        "dimension",
        "group",
        metric="backing",
        points=(weight * pl.col("effective_mark") * (1 - 1 / factor)).fill_null(0.0),
        state="backing_state",
        **{name: f"backing_{name}" for name in ANSWER},
    )


def gate_rows(gated: pl.DataFrame, dims: pl.DataFrame) -> pl.DataFrame:
    """Return the contribution of each gate: what the dimension lost by it."""
    lost = dims.select(*CASE, "dimension", points=pl.col("mark") * (pl.col("factor") - 1))
    return gated.join(lost, on=[*CASE, "dimension"], maintain_order="left").select(
        *CASE, "dimension", pl.lit("gate").alias("group"), "metric", pl.col("points").fill_null(0.0), "state", *ANSWER
    )


def _states(asked: pl.DataFrame, evidence: pl.DataFrame, factors: tuple[float, ...], rubric: Rubric) -> pl.DataFrame:
    """Return the state of each question that has one, and its factor."""
    questions = asked.with_columns(max_age_days=pl.lit(rubric.liveness_max_age_days))
    level = pl.col("value").clip(0, len(STATES) - 1).round(0).cast(pl.Int8, strict=False)
    factor = level.replace_strict(dict(enumerate(factors)), default=None, return_dtype=pl.Float64)
    told = evidence.filter(pl.col("metric").is_in(asked["metric"].unique().implode()))
    found = effective(questions, told).select("question", *ANSWER, state=STATE, factor=factor)
    return found.with_columns(best_factor="factor")


def _backed(asked: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return the questions of capabilities that a repository is known to stand behind, or may stand."""
    unbacked = evidence.filter(pl.col("status") == "not_applicable").select(CELL).unique()
    return asked.join(unbacked, on=CELL, how="anti", maintain_order="left")


def _at_worst(asked: pl.DataFrame, found: pl.DataFrame, factors: tuple[float, ...]) -> pl.DataFrame:
    """Return a row for each question: what is fresh as it is, and all else with the worst and the best factor."""
    is_fresh = pl.col("state") == "fresh"
    return (
        asked.select("question")
        .join(found, on="question", how="left", maintain_order="left")
        .with_columns(
            factor=pl.when(is_fresh).then("factor").otherwise(min(factors)),
            best_factor=pl.when(is_fresh).then("best_factor").otherwise(max(factors)),
            state=pl.col("state").fill_null(UNKNOWN),
        )
    )
