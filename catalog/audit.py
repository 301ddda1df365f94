"""Audits of curated cards: what was measured of the same days, beside what the card said.

See docs/method.md#the-seed-card.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import tomli
from pydantic import Field, field_validator

from catalog.metric import METRICS
from catalog.subject import Slug, Strict, Word


class AuditRow(Strict):
    """One figure of the card: what it said, what was measured, and what to think of it.

    `value`, in the unit of the metric, takes the place of the card's figure in the re-measured score.
    """

    metric: Word
    said: Word
    measured: Word
    value: float | None = None
    is_dropped: bool = False
    is_verified: bool = True
    source: Word
    url: str | None = None
    verdict: Word

    @field_validator("metric")
    @classmethod
    def _is_a_metric(cls, metric: str) -> str:
        if metric not in METRICS:
            raise ValueError(f"no metric is called {metric!r}; see catalog/metrics.toml")
        return metric


class AuditCase(Strict):
    """A score that may have been: the audited figures, and what else is assumed."""

    text: Word
    values: dict[str, float] = {}


class Audit(Strict):
    """The audit of one card of a subject; it is about the days from `first` to `last`, under one rubric.

    `published` has the scores that the card published as of `as_of`: the Speed Score to two decimals, the dimensions
    to one.
    """

    subject: Slug
    source: Word
    rubric: Word
    as_of: date
    first: date
    last: date
    published: dict[str, float]
    found: float = Field(ge=0, le=10)
    half_width: float = Field(gt=0)
    why: Word
    case: list[AuditCase] = Field(min_length=1)
    row: list[AuditRow] = Field(min_length=1)

    def figures(self, case: AuditCase) -> Mapping[str, float | None]:
        """Return the figures of a case by metric; None where the card's is left out."""
        changed = {row.metric: row.value for row in self.row if row.is_dropped or row.value is not None}
        return changed | case.values


@cache
def audits() -> tuple[Audit, ...]:
    """Return the audits that ship."""
    table = tomli.loads(files("catalog").joinpath("audits.toml").read_text(encoding="utf-8"))
    return tuple(Audit.model_validate(one) for one in table["audit"])
