"""Everybody with whom somebody can be compared, each at its best, also where nothing is known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan

import numpy as np
import polars as pl

from scoring.drawn_field import DrawnField
from scoring.lint import DIMENSIONS
from scoring.scenario import Array
from scoring.words.field import DIMENSION, FIGURE, Field, Item

NAMES = ["subject", "metric"]


@dataclass(frozen=True)
class AtBest:
    """Of each case and item (case x item) the score at best and its upper end; NaN where somebody cannot have one.

    Items are the dimensions and the figures; fields are made of those that are asked for.
    """

    subjects: Sequence[str]
    kinds: Sequence[str]
    columns: Mapping[str, int]
    dimension_of: Mapping[str, str]
    scores: Array
    highs: Array
    _fields: dict[tuple[str, str], Field] = field(default_factory=dict)

    @classmethod
    def of(cls, drawn: DrawnField, dimensions: pl.DataFrame, figures: pl.DataFrame) -> "AtBest":
        """Read the dimensions of a day, and its figures at best (subject, metric, dimension, at_best)."""
        names = [*DIMENSIONS, *drawn.metrics]
        own = dimensions.filter(pl.col("hi").is_not_null()).select("subject", metric="dimension", at_best="hi")
        rows = pl.concat([own, figures.select(*NAMES, "at_best")])
        rows = rows.join(drawn.cases.select("subject"), on="subject", how="semi")
        scores = np.full((drawn.cases.height, len(names)), np.nan)
        who = drawn.cases["subject"].to_list()
        place, column = (
            rows[name]
            .replace_strict({one: number for number, one in enumerate(known)}, return_dtype=pl.Int64)
            .to_numpy()
            for name, known in zip(NAMES, (who, names), strict=True)
        )
        scores[place, column] = rows["at_best"].to_numpy()
        highs = np.hstack([drawn.dimensions.hi, drawn.figures.hi])
        where = dict(figures.select("metric", "dimension").unique().iter_rows()) | {one: one for one in DIMENSIONS}
        columns = {name: number for number, name in enumerate(names)}
        return cls(drawn.cases["subject"].to_list(), drawn.cases["kind"].to_list(), columns, where, scores, highs)

    def field(self, key: str, kind: str) -> Field:
        """Return an item of everybody of a kind, the best first; nobody where it is no dimension and no figure."""
        if (key, kind) not in self._fields:
            self._fields[key, kind] = self._made(key, kind)
        return self._fields[key, kind]

    def _made(self, key: str, kind: str) -> Field:
        if key not in self.columns:
            return Field(())
        sort, column = DIMENSION if key in DIMENSIONS else FIGURE, self.columns[key]
        scores, highs = self.scores[:, column].tolist(), self.highs[:, column].tolist()
        some = [
            Item(subject, kind, sort, key, self.dimension_of[key], 0.0, score, hi=max(score, high))
            for subject, own, score, high in zip(self.subjects, self.kinds, scores, highs, strict=True)
            if own == kind and not isnan(score)
        ]
        return Field(sorted(some, key=lambda one: (-one.score, one.subject)))


def figures_at_best(marked: pl.DataFrame) -> pl.DataFrame:
    """Return subject, metric, dimension and at_best: 10 where nothing fresh is known; without who cannot have one."""
    known = pl.when(pl.col("state") == "fresh").then(pl.col("mark") / pl.col("factor") * pl.col("best_factor"))
    rows = marked.filter(pl.col("state") != "not_applicable")
    return rows.select(*NAMES, "dimension", at_best=known.fill_null(10.0))
