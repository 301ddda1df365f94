"""What words need of the draws of a day: of each dimension and figure its ends, and how often it is the best of all."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    def of(cls, marked: pl.DataFrame, scored: Scored, rubric: Rubric) -> "DrawnField | None":
        """Return what the day of `marked` has to be shown; None where nothing is published."""
        if marked.is_empty():
            return None
        day = pl.col("as_of") == marked["as_of"][0]
        published = scored.dimensions.filter(day & pl.col("score").is_not_null())
        if published.is_empty():
            return None
        cases = scored.scores.filter(day).sort("subject")
        if not rubric.is_monotone:
            cases = cases.join(published.select("subject").unique(), on="subject", how="semi", maintain_order="left")
        kinds = marked.filter(day).select("subject", "kind").unique()
        cases = cases.join(kinds, on="subject", maintain_order="left")
        metrics = marked.filter(day & (pl.col("subject") == marked["subject"][0]))["metric"].to_list()
        known = known_figures(marked, published, scored).select("subject", "metric")
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


def known_figures(marked: pl.DataFrame, published: pl.DataFrame, scored: Scored) -> pl.DataFrame:
    """Return the fresh figures of published dimensions that count, with their `part` of the score."""
    counts = scored.contributions.filter(pl.col("state") == "fresh").select(*PLACE, part="weight")
    rows = marked.join(published.select("subject", "dimension"), on=["subject", "dimension"], how="semi")
    return rows.join(counts, on=PLACE)


def _items(cases: pl.DataFrame, known: pl.DataFrame, items: Sequence[str], rubric: Rubric) -> DrawnItems:
    found = np.zeros((cases.height, len(items)), np.bool_)
    place = {subject: number for number, subject in enumerate(cases["subject"])}
    column = {name: number for number, name in enumerate(items)}
    for subject, item in known.iter_rows():
        found[place[subject], column[item]] = True
    return DrawnItems(cases["kind"].to_list(), found, rubric.is_monotone)
