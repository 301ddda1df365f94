"""What a score would have been with other figures in the place of some."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from catalog.audit import Audit
from scoring.days import ScoredDays
from scoring.rubric import Rubric
from scoring.score import score
from scoring.words.phrases import phrases

VALUE = ["measured", "derived", "curated"]


def with_figures(
    evidence: pl.DataFrame, subject: str, as_of: datetime, rubric: Rubric, figures: Mapping[str, float | None]
) -> float | None:
    """Score a subject with these figures in the place of all that is known of their metrics; None leaves one out.

    Gives the Speed Score with two decimals; None where it would be withheld.
    """
    own = evidence.filter(pl.col("subject") == subject)
    kept = own.filter(~pl.col("metric").is_in(list(figures)))
    told = own.filter(pl.col("status").is_in(VALUE)).unique("metric", keep="first", maintain_order=True)
    values = pl.DataFrame(
        {"metric": list(figures), "told": list(figures.values())}, schema={"metric": pl.String, "told": pl.Float64}
    )
    changed = (
        told.join(values.filter(pl.col("told").is_not_null()), on="metric", maintain_order="left")
        .with_columns(value="told", lo=None, hi=None, valid_until=None, lane=pl.lit(0, pl.Int32))
        .with_columns(valid_at=pl.lit(as_of, pl.Datetime("us")) - pl.duration(days=1), status=pl.lit("measured"))
        .select(evidence.columns)
    )
    who = pl.DataFrame({"subject": [subject], "kind": [""]})
    day = pl.DataFrame({"as_of": [as_of]}, schema={"as_of": pl.Datetime("us")})
    found = score(pl.concat([kept, changed], how="vertical_relaxed"), who, day, rubric)
    mean: float | None = found.scores["speed_mean"].item()
    return mean


def audit_content(audit: Audit, known: pl.DataFrame, days: ScoredDays, as_of: datetime) -> dict[str, Any]:
    """Return an audit with what was said on the day, and the scores of its cases from all evidence `known`."""
    own = (pl.col("subject") == audit.subject) & (pl.col("as_of") == as_of)
    scores = {
        case.text: with_figures(known, audit.subject, as_of, days.rubric, audit.figures(case)) for case in audit.case
    }
    named = [row.model_dump() | {"name": phrases().name(row.metric)} for row in audit.row]
    kept = audit.model_dump(include={"source", "found", "half_width", "why"})
    return kept | {"said": days.scored.scores.filter(own)["speed_mean"].item(), "cases": scores, "rows": named}
