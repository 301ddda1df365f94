"""One question of a rubric: its metric, its place, its weight, its norm and goalposts."""

from dataclasses import dataclass

LESS, MORE = "less is better", "more is better"


@dataclass(frozen=True)
class Criterion:
    """One metric in a rubric: its place, weight, norm, goalposts and the age up to which it counts."""

    dimension: str
    group: str
    metric: str
    group_weight: float
    weight: float
    combine: str
    norm: str
    lo: float
    hi: float
    max_age_days: int
    liveness: bool
    source: str
    direction: str

    @property
    def backing(self) -> str | None:
        """The metric that tells whether the capability is alive, where the rubric asks for it."""
        return f"liveness.{self.metric.rpartition('.')[2]}" if self.liveness else None

    @property
    def measured(self) -> float:
        """How much of the mark is measured: all, nothing of a judgement, half of one that liveness disciplines."""
        if not self.metric.startswith("curated."):
            return 1.0
        return 0.5 if self.liveness else 0.0
