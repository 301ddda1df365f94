"""How a value of a past day can be had: data, which the planner, `gaps` and the docs read."""

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

import tomli


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """By which step of a source the past values of some metrics come, how exactly, and at what cost of a call."""

    source: str
    step: str
    metrics: list[str]
    how: str
    since: str
    cost: str
    until: date | None = None
    lag_days: int = 0
    lead_days: int = 0
    seconds_a_call: float
    bytes_a_call: int

    def span(self, first: date, last: date, today: date, created: date | None) -> tuple[date, date] | None:
        """Return the part of a span (both ends included) for which values can be had; None where there is none."""
        begins, ends = self._begins(today, created), today - timedelta(days=self.lag_days)
        start, end = max(first - timedelta(days=self.lead_days), begins), min(last, ends, self.until or ends)
        return (start, end) if start <= end else None

    def _begins(self, today: date, created: date | None) -> date:
        number, _, days = self.since.partition(" ")
        if number == "creation":
            return max(created or date.min, date.fromisoformat(days) if days else date.min)
        return today - timedelta(days=int(number)) if days else date.fromisoformat(self.since)


def _load() -> tuple[Way, ...]:
    text = files("catalog").joinpath("past.toml").read_text(encoding="utf-8")
    return tuple(Way(**row) for row in tomli.loads(text)["way"])


WAYS = _load()


def ways_of(source: str) -> tuple[Way, ...]:
    """Return the ways that lead over a source."""
    return tuple(way for way in WAYS if way.source == source)


def frozen_on(source: str) -> date | None:
    """Return the last day that a source tells of where it has ended: an archive that nobody adds to."""
    ways = ways_of(source)
    return max((way.until for way in ways if way.until), default=None) if all(way.until for way in ways) else None
