"""A curated fact: a dated judgement or figure with its source, and the day on which to look again."""

from datetime import date, datetime, time

from pydantic import Field, model_validator

from catalog.metric import LEVELS, METRICS
from catalog.observation import Observation, Status
from catalog.subject import FullName, Slug, Strict, Word


class Fact(Strict):
    """What somebody read in a source: `value` is a number or one of the five levels."""

    subject: Slug
    metric: Word
    value: float | str
    valid_from: date
    review_by: date
    source: Word
    url: str | None = None
    quote: str | None = None
    note: str | None = None
    confidence: str = Field(default="medium", pattern="^(low|medium|high)$")
    maintenance: str = Field(default="active", pattern="^(active|stable)$")
    backing_repositories: list[FullName] = []

    @model_validator(mode="after")
    def _is_coherent(self) -> "Fact":
        if self.metric not in METRICS:
            raise ValueError(f"no metric is called {self.metric!r}; see catalog/metrics.toml")
        if isinstance(self.value, str) and self.value not in LEVELS:
            raise ValueError(f"{self.value!r} is neither a number nor one of {', '.join(LEVELS)}")
        if self.review_by <= self.valid_from:
            raise ValueError("review_by must come after valid_from")
        return self

    @property
    def number(self) -> float:
        """The value as it is stored: a level is its place in the order, from 0."""
        return float(LEVELS.index(self.value) if isinstance(self.value, str) else self.value)

    def observe(self) -> Observation:
        """Give the fact as a curated observation that ends on its review day."""
        return METRICS[self.metric].of(
            self.subject,
            datetime.combine(self.valid_from, time.min),
            self.number,
            status=Status.CURATED,
            method="curated",
            source=self.source,
            url=self.url,
            valid_until=datetime.combine(self.review_by, time.min),
        )
