"""Answer every question of the grid (day x subject x criterion) from the evidence; gaps stay rows."""

from collections.abc import Sequence

import polars as pl

from catalog.moments import EPOCH
from scoring.normalise import mark
from scoring.rubric import Rubric

CELL = ["subject", "metric"]
CURATED_LANE = 9
CURATED_LEAD = pl.duration(days=7)
DAY_US = 86_400_000_000
ANSWER = [
    "value", "value_lo", "value_hi", "status", "source", "valid_at", "valid_until", "known_at", "age_days",
    "confidence",
]  # fmt: skip
SAID = ["valid_at", "valid_until", "known_at", "value", "status", "confidence", "doubted_at"]
LOWER = {"high": "medium", "medium": "low"}
HAS_VALUE = pl.col("status").is_in(["measured", "derived", "curated"])


def grid(days: pl.DataFrame, subjects: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Cross every day and subject with every criterion: one numbered row per question, in the order of all output."""
    cases = days.sort("as_of").join(subjects.select("subject", "kind").sort("subject"), how="cross")
    return cases.join(rubric.frame(), how="cross").with_row_index("question")


def questions_of(cells: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return the questions of some dimensions (as_of, subject, kind, dimension), in the order of the grid."""
    found = cells.join(rubric.frame(), on="dimension", maintain_order="left_right")
    return found.with_row_index("question")


def answers(questions: pl.DataFrame, evidence: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return each question its effective value, its state and its mark.

    State is fresh, stale (past its age), missing or not_applicable. A stale answer keeps the mark it last had as
    `ceiling`: what went silent may not be better than it was when it was last seen (docs/method.md#what-is-missing).
    """
    found = effective(questions.select("question", "as_of", *CELL, "max_age_days"), evidence)
    silent = evidence.filter(pl.col("status") == "not_applicable").select(CELL).unique()
    state = (
        pl.when(pl.col("is_fresh"))
        .then(pl.lit("fresh"))
        .when(pl.col("value").is_not_null())
        .then(pl.lit("stale"))
        .when(pl.col("is_silent").is_not_null())
        .then(pl.lit("not_applicable"))
        .otherwise(pl.lit("missing"))
    )
    marked = mark(pl.col("value"), rubric)
    return (
        questions.join(found, on="question", how="left", maintain_order="left")
        .join(silent.with_columns(is_silent=True), on=CELL, how="left", maintain_order="left")
        .with_columns(state=state)
        .with_columns(
            mark=pl.when(pl.col("state") == "fresh").then(marked),
            ceiling=pl.when(pl.col("state") == "stale").then(marked),
        )
        .drop("is_silent", "is_fresh")
    )


def effective(questions: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Return the effective answer of each question: the newest of the first lane that is still fresh.

    Only what was true before `as_of` counts. A curated value steps in where every measurement is past its age and
    older than it, or more than a week older; its confidence is a step lower where something spoke against it by then.
    """
    values = evidence.filter(HAS_VALUE).sort("valid_at", maintain_order=True)
    lanes = values.select(*CELL, "lane", "source").unique()
    by = [*CELL, "lane", "source"]
    said = values.select(*by, *SAID, value_lo="lo", value_hi="hi")
    candidates = (
        _last_before(questions.join(lanes, on=CELL), said, "valid_at", by)
        .filter(pl.col("valid_at").is_not_null())
        .filter(~_is_outdated())
        .pipe(_standing, evidence)
    )
    is_fresh = (
        pl.when(pl.col("valid_until").is_not_null())
        .then(pl.col("as_of") <= pl.col("valid_until"))
        .otherwise(age_days() <= pl.col("max_age_days"))
    )
    is_curated = pl.col("lane") == CURATED_LANE
    measured_at = pl.col("valid_at").filter(pl.col("is_fresh") & ~is_curated).max().over("question")
    leads = is_curated & (pl.col("valid_at") > measured_at + CURATED_LEAD)
    confidence = pl.when(pl.col("doubted_at") < pl.col("as_of")).then(pl.col("confidence").replace(LOWER))
    rank = pl.when(~pl.col("is_fresh")).then(0).when(leads).then(-1).otherwise(pl.col("lane"))
    return (
        candidates.with_columns(
            age_days=age_days(), is_fresh=is_fresh, confidence=confidence.otherwise(pl.col("confidence"))
        )
        .with_columns(rank=rank)
        .sort("question", ~pl.col("is_fresh"), "rank", -pl.col("valid_at").to_physical(), "source", "lane")
        .unique("question", keep="first", maintain_order=True)
        .select("question", *ANSWER, "is_fresh")
    )


def ends(evidence: pl.DataFrame) -> pl.DataFrame:
    """Return subject, metric and ended_at: from then on the question makes no sense, and what was measured is over."""
    is_over = (pl.col("status") == "not_applicable") & (pl.col("valid_at") > EPOCH)
    return evidence.filter(is_over).select(*CELL, ended_at="valid_at").sort("ended_at")


def _standing(candidates: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    """Leave out what was measured before the question ceased to make sense; a judgement stands."""
    over = ends(evidence)
    if over.is_empty():
        return candidates
    told = _last_before(candidates, over, "ended_at", CELL)
    is_over = (pl.col("valid_at") <= pl.col("ended_at")).fill_null(value=False)
    return told.filter(~is_over | (pl.col("lane") == CURATED_LANE)).drop("ended_at")


def _last_before(asked: pl.DataFrame, told: pl.DataFrame, at: str, by: Sequence[str]) -> pl.DataFrame:
    """Put beside each row of `asked` the last one of `told` (sorted by `at`) that was true before its as_of."""
    return asked.sort("as_of", maintain_order=True).join_asof(
        told,
        left_on="as_of",
        right_on=at,
        by=by,
        strategy="backward",
        allow_exact_matches=False,
        coalesce=False,
        check_sortedness=False,
    )


def age_days() -> pl.Expr:
    """Return how old an answer is."""
    return (pl.col("as_of") - pl.col("valid_at")).dt.total_microseconds() / DAY_US


def _is_outdated() -> pl.Expr:
    """Return whether a curated value is older than a measurement: it never takes its place, not even a stale one's."""
    is_curated = pl.col("lane") == CURATED_LANE
    measured_at = pl.col("valid_at").filter(~is_curated).max().over("question")
    return (is_curated & (pl.col("valid_at") < measured_at)).fill_null(value=False)
