"""On which days a dimension of a subject can have moved: only these are scored, and hold until the next.

An answer moves when a value begins (valid_at), grows too old or expires (valid_until), is half covered no more, or when
its question ceases to make sense.
Between two such moments every day looks at the same answers and marks them alike. Doubt moves no score.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.answers import HAS_VALUE, ends
from scoring.floor import HALF_COVERED
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric

BY_NAME = sorted(DIMENSIONS)


@dataclass(frozen=True)
class Changes:
    """What has to be scored: `moved` (day x subject x dimension, the latter two by name) is true where it can move.

    Of whole cases the last axis has one place.
    """

    days: pl.Series
    subjects: pl.DataFrame
    moved: NDArray[np.bool_]

    @property
    def cells(self) -> pl.DataFrame:
        """Return as_of, subject, kind and dimension of what is scored, in the order of all output."""
        day, subject, dimension = np.nonzero(self.moved)
        names = pl.Series(BY_NAME, dtype=pl.String)
        return self.subjects[subject].select(
            "subject", "kind", as_of=self.days[day], dimension=names[dimension]
        ).select("as_of", "subject", "kind", "dimension")  # fmt: skip

    @property
    def cases(self) -> "Changes":
        """The days on which anything of a subject can have moved."""
        moved: NDArray[np.bool_] = np.any(self.moved, axis=2, keepdims=True)
        return replace(self, moved=moved)

    @property
    def whole(self) -> "Changes":
        """The same days, with every dimension of the subject."""
        return replace(self, moved=np.broadcast_to(self.cases.moved, self.moved.shape))

    @property
    def every(self) -> "Changes":
        """Every dimension of every subject on every day."""
        return replace(self, moved=np.ones_like(self.moved))

    def holding(self, shown: "Changes") -> NDArray[np.intp]:
        """Return, for each cell of `shown`, the number of the cell of these that holds then."""
        since = np.where(self.moved, self._numbers, 0)
        found: NDArray[np.intp] = np.maximum.accumulate(since, axis=0)[shown.moved]
        return found

    def numbers(self, rows: pl.DataFrame) -> NDArray[np.intp]:
        """Return the number of the cell of each row (as_of, subject, and dimension where there are several)."""
        day = self.days.search_sorted(rows["as_of"], side="left").to_numpy()
        subject = _places(rows["subject"], self.subjects["subject"].to_list())
        one = self.moved.shape[2] == 1
        found: NDArray[np.intp] = self._numbers[day, subject, 0 if one else _places(rows["dimension"], BY_NAME)]
        return found

    @cached_property
    def _numbers(self) -> NDArray[np.intp]:
        return np.cumsum(self.moved.ravel()).reshape(self.moved.shape) - 1


def changes(evidence: pl.DataFrame, subjects: pl.DataFrame, days: pl.DataFrame, rubric: Rubric) -> Changes:
    """Find where something can move; the first day is always scored.

    Where what is missing leans on peers, a dimension that moves for one is scored for all.
    """
    ordered, who = days["as_of"].sort(), subjects.select("subject", "kind").sort("subject")
    moved = np.zeros((len(ordered), who.height, len(BY_NAME)), np.bool_)
    moved[:1] = True
    if len(ordered) > 1:
        moments = _moments(evidence.join(who, on="subject", how="semi"), rubric)
        subject = _places(moments["subject"], who["subject"].to_list())
        dimension = _places(moments["dimension"], BY_NAME)
        day = ordered.search_sorted(moments["at"], side="right").to_numpy()
        is_within = day < len(ordered)
        moved[day[is_within], subject[is_within], dimension[is_within]] = True
    if not rubric.is_monotone:
        moved |= moved.any(axis=1, keepdims=True)
    return Changes(ordered, who, moved)


def _moments(evidence: pl.DataFrame, rubric: Rubric) -> pl.DataFrame:
    """Return subject, dimension and `at`, after which (not at which) an answer is another."""
    looked_at = _looked_at(rubric)
    rows = evidence.filter(HAS_VALUE).join(looked_at, on="metric")
    age = pl.duration(days=pl.col("max_age_days"))
    expires = pl.coalesce("valid_until", pl.col("valid_at") + age)
    moments = (pl.col("valid_at"), expires, pl.col("valid_until") + HALF_COVERED)
    found = [rows.select("subject", "dimension", at=one.cast(pl.Datetime("us"))) for one in moments]
    over = ends(evidence).join(looked_at, on="metric").select("subject", "dimension", at="ended_at")
    return pl.concat([*found, over]).drop_nulls()


def _looked_at(rubric: Rubric) -> pl.DataFrame:
    """Return which metrics each dimension looks at, and to which age: figures, and what backs and gates them."""
    alive = rubric.liveness_max_age_days
    found = {(one.metric, one.dimension, one.max_age_days) for one in rubric.criteria}
    found |= {(one.backing, one.dimension, alive) for one in rubric.criteria if one.backing}
    found |= {(metric, dimension, alive) for dimension, metric in rubric.gates.items()}
    return pl.DataFrame(sorted(found), schema=["metric", "dimension", "max_age_days"], orient="row")


def _places(names: pl.Series, known: list[str]) -> NDArray[np.intp]:
    """Return the place of each name among the known ones."""
    return names.cast(pl.Enum(known)).to_physical().cast(pl.Int64).to_numpy()
