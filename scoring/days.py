"""Days scored under one rubric, with the uncertainty of some of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from scoring.rubric import Rubric
from scoring.score import Scored, marks, score
from scoring.uncertainty import Uncertainty, uncertainty


@dataclass(frozen=True)
class ScoredDays:
    """Scores of every subject on some days; `drawn` and `marked` cover only the days whose uncertainty was drawn."""

    scored: Scored
    drawn: Uncertainty
    names: dict[str, str]
    rubric: Rubric
    marked: pl.DataFrame


def scored_days(
    evidence: pl.DataFrame,
    subjects: pl.DataFrame,
    days: Sequence[datetime],
    drawn_days: Sequence[datetime],
    rubric: Rubric,
) -> ScoredDays:
    """Score the days, and draw the uncertainty of those among them that are in `drawn_days`."""
    grid = pl.DataFrame({"as_of": days}, schema={"as_of": pl.Datetime("us")})
    scored = score(evidence, subjects, grid, rubric)
    marked = marks(evidence, subjects, grid.filter(pl.col("as_of").is_in(drawn_days)), rubric)
    names = dict(subjects.select("subject", "name").iter_rows())
    return ScoredDays(scored, uncertainty(marked, scored, rubric), names, rubric, marked)
