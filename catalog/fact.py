"""A curated fact: a dated judgement or figure with its source, and the day on which to look again."""

from datetime import date, datetime, time

from pydantic import Field, ValidationInfo, field_validator

from catalog.metric import LEVELS, METRICS
from catalog.observation import Observation, Status
from catalog.subject import FullName, Slug, Strict, Word

Key = tuple[str, str, str, date]
"""What tells one fact from another: subject, metric, source, first day."""


class Fact(Strict):
    """What somebody read in a source: `value` is a number or one of the five levels.

    It is true since `valid_from`, the date of the evidence, and was last found there on `confirmed_on`.
    `ratio` is (time of the reference / own time) of a quoted like-for-like table, from which the level follows.
    `reviewer` is a role, not a name; `contested` says that two readers lie more than a level apart.
    """

    subject: Slug
    metric: Word
    value: float | str
    valid_from: date
    review_by: date
    confirmed_on: date | None = None
    source: Word
    url: str | None = None
    quote: str | None = None
    note: str | None = None
    ratio: float | None = Field(default=None, gt=0)
    confidence: str = Field(default="medium", pattern="^(low|medium|high)$")
    maintenance: str = Field(default="active", pattern="^(active|stable)$")
    backing_repositories: list[FullName] = []
    evidence_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    reviewer: Word | None = None
    supersedes: Word | None = None
    contested: bool = False

    @field_validator("metric")
    @classmethod
    def _is_a_metric(cls, metric: str) -> str:
        if metric not in METRICS:
            raise ValueError(f"no metric is called {metric!r}; see catalog/metrics.toml")
        return metric

    @field_validator("value")
    @classmethod
    def _is_a_level(cls, value: float | str) -> float | str:
        if isinstance(value, str) and value not in LEVELS:
            raise ValueError(f"{value!r} is neither a number nor one of {', '.join(LEVELS)}")
        return value

    @field_validator("review_by")
    @classmethod
    def _comes_after(cls, review_by: date, info: ValidationInfo) -> date:
        if review_by <= info.data.get("valid_from", date.min):
            raise ValueError("review_by must come after valid_from")
        return review_by

    @property
    def key(self) -> Key:
        """What tells this fact from others; a later word on the same key takes its place."""
        return self.subject, self.metric, self.source, self.valid_from

    @property
    def number(self) -> float:
        """The value as it is stored: a level is its place in the order, from 0."""
        return float(LEVELS.index(self.value) if isinstance(self.value, str) else self.value)

    def observe(self) -> Observation:
        """Return the fact as a curated observation that ends on its review day."""
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
