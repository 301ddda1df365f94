"""Everything that the site says beyond its cards: histories, what moved, what is missing, how scores are made."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from reports.card_facts import CardFacts

Row = Mapping[str, Any]
Frames = Mapping[str, pl.DataFrame]
MOST_MARKS = 12
BY_SUBJECT = ("kinds", "scores", "intervals", "figures", "shares", "drivers")
"""What differs from block to block of subjects, beside their cards."""


@dataclass(frozen=True)
class Quality:
    """How good the data is: sources that a night asks, gaps, what looked wrong, facts to review, landings.

    `more_gaps` counts those that are not among the first, which are told.
    """

    sources: Sequence[Row] = ()
    gaps: Sequence[Row] = ()
    more_gaps: int = 0
    events: Sequence[Row] = ()
    reviews: Sequence[Row] = ()
    runs: Sequence[Row] = ()


@dataclass(frozen=True)
class SiteFacts:
    """Cards of one day and of some subjects, and by subject: kind, history of scores, of figures, of shares of papers.

    `scores` has subject, as_of, rubric, speed_raw, lo, hi, p5, p95, coverage, step and the five dimensions; `figures`
    subject, metric, valid_at, value, source, is_judged, unit, is_thinned. `drivers` are figures with the points that
    they moved since `since` of their subject. `moved` are figures that changed within the week that ends with `as_of`.
    `duckdb_bytes` is the size of DuckDB's build for browsers where the site carries it, 0 where it does not.
    """

    cards: Sequence[CardFacts]
    as_of: datetime
    label: str | None = None
    version: str = ""
    rubric: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    scores: Frames = field(default_factory=dict)
    intervals: Frames = field(default_factory=dict)
    figures: Frames = field(default_factory=dict)
    shares: Frames = field(default_factory=dict)
    drivers: Frames = field(default_factory=dict)
    moved: Iterable[Row] = ()
    quality: Quality = Quality()
    method: Sequence[Row] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    duckdb_bytes: int = 0

    @property
    def beyond_subjects(self) -> "SiteFacts":
        """What the site says beyond its subjects."""
        return replace(self, cards=(), kinds={}, scores={}, intervals={}, figures={}, shares={}, drivers={})

    def events_of(self, subject: str) -> list[Row]:
        """Return what looked wrong about a subject, newest first."""
        return self._events.get(subject, [])

    def marks_of(self, subject: str, metric: str | None = None) -> list[tuple[datetime, str]]:
        """Return the moments at which something looked wrong, with words for a chart; of one figure, or of all."""
        found = [row for row in self.events_of(subject) if metric in (None, row["metric"])]
        return [(row["valid_at"], f"{row['figure']}: {row['detail']}") for row in found[:MOST_MARKS]]

    @cached_property
    def _events(self) -> dict[str, list[Row]]:
        """What looked wrong, parted once."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.quality.events:
            found[row["subject"]].append(row)
        return found


def rows_of(frames: Frames, subject: str) -> list[dict[str, Any]]:
    """Return the rows of one subject; none where nothing is known of it."""
    return frames[subject].to_dicts() if subject in frames else []
