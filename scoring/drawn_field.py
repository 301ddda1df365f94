"""What words need of the draws of a day: of each dimension and figure its ends, and how often it is the best of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from scoring.drawn_items import DrawnItems
from scoring.draws import DrawnCase
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.score import Scored

PLACE = ["as_of", "subject", "dimension", "group", "metric"]


@dataclass(frozen=True)
class DrawnField:
    """The dimensions and the figures of the cases of one day, in their order; it is shown one drawn case at a time."""

    cases: pl.DataFrame
    metrics: Sequence[str]
    dimensions: DrawnItems
    figures: DrawnItems

    @classmethod
    def of(cls, as_of: datetime, kinds: pl.DataFrame, scored: Scored, rubric: Rubric) -> "DrawnField | None":
        """Return what a day has to be shown; None where nothing is published. `kinds` are subject and kind of all."""
        day = pl.col("as_of") == as_of
        published = scored.dimensions.filter(day & pl.col("score").is_not_null())
        if published.is_empty():
            return None
        cases = scored.scores.filter(day).sort("subject")
        if not rubric.is_monotone:
            cases = cases.join(published.select("subject").unique(), on="subject", how="semi", maintain_order="left")
        cases = cases.join(kinds.select("subject", "kind"), on="subject", maintain_order="left")
        metrics = rubric.frame()["metric"].to_list()
        known = known_figures(published, scored, rubric).select("subject", "metric")
        return cls(
            cases,
            metrics,
            _items(cases, published.select("subject", "dimension"), DIMENSIONS, rubric),
            _items(cases, known, metrics, rubric),
        )

    def add(self, place: int, case: DrawnCase) -> None:
        """Look at the draws of a case."""
        self.dimensions.add(place, case.lower[1], case.upper[1])
        self.figures.add(place, case.marks.lower, case.marks.upper)


def known_figures(published: pl.DataFrame, scored: Scored, rubric: Rubric) -> pl.DataFrame:
    """Return the fresh figures of published dimensions that count (PLACE), with their `part` of the score."""
    counts = scored.contributions.filter(pl.col("state") == "fresh").select(*PLACE, part="weight")
    rows = counts.join(
        published.select("as_of", "subject", "dimension"), on=["as_of", "subject", "dimension"], how="semi"
    )
    return rows.join(
        rubric.frame().select("dimension", "group", "metric"), on=["dimension", "group", "metric"], how="semi"
    )


def _items(cases: pl.DataFrame, known: pl.DataFrame, items: Sequence[str], rubric: Rubric) -> DrawnItems:
    found = np.zeros((cases.height, len(items)), np.bool_)
    place = {subject: number for number, subject in enumerate(cases["subject"])}
    column = {name: number for number, name in enumerate(items)}
    for subject, item in known.iter_rows():
        found[place[subject], column[item]] = True
    return DrawnItems(cases["kind"].to_list(), found, rubric.is_monotone)
