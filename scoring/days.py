"""Days scored under one rubric, with the uncertainty of some of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import polars as pl

from scoring.drawn_field import DrawnField
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
    field: DrawnField | None = None

    def of(self, subject: str) -> "ScoredDays":
        """Return the scores and their uncertainty of one subject alone."""
        scored, drawn = ({name: one.of(subject) for name, one in some.items()} for some in self._apart)
        return replace(self, scored=Scored(**scored), drawn=Uncertainty(**drawn))

    @cached_property
    def _apart(self) -> list[dict[str, "BySubject"]]:
        return [{name: BySubject(frame) for name, frame in vars(some).items()} for some in (self.scored, self.drawn)]


@dataclass(frozen=True)
class BySubject:
    """Rows of many subjects, parted once."""

    whole: pl.DataFrame

    def of(self, subject: str) -> pl.DataFrame:
        """Return the rows of one."""
        return self._parts.get((subject,), self._none)

    @cached_property
    def _parts(self) -> dict[tuple[object, ...], pl.DataFrame]:
        return self.whole.partition_by("subject", as_dict=True)

    @cached_property
    def _none(self) -> pl.DataFrame:
        return self.whole.clear()


def scored_days(
    evidence: pl.DataFrame,
    subjects: pl.DataFrame,
    days: Sequence[datetime],
    drawn_days: Sequence[datetime],
    rubric: Rubric,
) -> ScoredDays:
    """Score the days, and draw the uncertainty of those among them that are in `drawn_days`.

    Where one day alone is drawn, its draws tell its peers apart as well.
    """
    grid = pl.DataFrame({"as_of": days}, schema={"as_of": pl.Datetime("us")})
    scored = score(evidence, subjects, grid, rubric)
    looked_at = evidence if drawn_days else evidence.clear()
    marked = marks(looked_at, subjects, grid.filter(pl.col("as_of").is_in(drawn_days)), rubric)
    names = dict(subjects.select("subject", "name").iter_rows())
    one = list(set(drawn_days))
    field = DrawnField.of(one[0], subjects, scored, rubric) if len(one) == 1 else None
    return ScoredDays(scored, uncertainty(marked, scored, rubric, field), names, rubric, marked, field)
