"""A rubric: which metrics count, how much, and between which goalposts."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from scoring.criterion import Criterion

FLOOR, OTHERS = "floor", "others"
IN_FRAME = (
    "dimension", "group", "metric", "group_weight", "weight", "combine", "norm", "lo", "hi", "max_age_days", "backing",
)  # fmt: skip


@dataclass(frozen=True)
class Rubric:
    """A whole rubric with the fingerprint of its file; factors stand in the order of STATES.

    `unseen` says who carries the weight of an answer that was never seen: the "others" in its mean, or the answer
    itself at the "floor", which makes scores monotone in knowledge (docs/method.md). A dimension is published from
    `min_answers` known answers on.
    """

    id: str
    sha256: str
    base_date: date
    ordinal: tuple[float, ...]
    min_coverage: dict[str, float]
    criteria: tuple[Criterion, ...]
    gates: dict[str, str]
    capability_factors: tuple[float, ...]
    gate_factors: tuple[float, ...]
    liveness_max_age_days: int
    min_measured: float
    unseen: str = OTHERS
    min_answers: int = 1

    def frame(self) -> pl.DataFrame:
        """Return one row per criterion; weights within a group sum to 1; backing is null where none is asked."""
        rows = [{name: getattr(one, name) for name in IN_FRAME} for one in self.criteria]
        return pl.DataFrame(rows, schema_overrides={"backing": pl.String}).sort("dimension", "group", "metric")

    def metrics(self) -> list[str]:
        """Return every metric that a score may look at: those with a weight, and those that tell what is alive."""
        backing = (one.backing for one in self.criteria if one.backing)
        return sorted({one.metric for one in self.criteria} | {*backing, *self.gates.values()})

    @property
    def is_monotone(self) -> bool:
        """Whether an answer that was never seen counts at its lowest, so that no loss of answers raises a score."""
        return self.unseen == FLOOR
