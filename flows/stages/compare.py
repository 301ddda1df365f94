"""Subjects side by side on one day: scores, and the figures behind them, those that part them most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from catalog.metric import METRICS, family
from catalog.wording import WORDS
from flows.settings import Settings
from flows.stages.score import as_said, leaderboard, score_day, with_interval
from scoring.lint import DIMENSIONS
from scoring.rubric_files import default_on

SAID = ("speed_score", "interval", *DIMENSIONS, "coverage", "status")
PERCENT = {"share", "probability"}
LARGE = 1000


@dataclass(frozen=True)
class Compared:
    """Rows of scores (what) and of figures (dimension, figure, unit), each with a column a subject by its name."""

    as_of: datetime
    rubric: str
    names: tuple[str, ...]
    scores: list[dict[str, Any]]
    figures: list[dict[str, Any]]

    @property
    def title(self) -> str:
        """The day in words: what is as of a midnight counts the day before it, to its end."""
        return f"At the end of {self.as_of - timedelta(days=1):%Y-%m-%d} (UTC)"


def compared(settings: Settings, ids: Sequence[str], as_of: datetime, rubric: str | None = None) -> Compared:
    """Compare subjects on a day from what is stored; store nothing."""
    seen = score_day(settings, as_of, rubric, ids)
    names = {one: seen.names.get(one, one) for one in ids}
    scores = {row["subject"]: as_said(row) for row in leaderboard(with_interval(seen), seen.names)}
    said = [
        {"what": what.replace("_", " ")} | {names[one]: scores.get(one, {}).get(what) for one in ids} for what in SAID
    ]
    figures = figures_of(seen.scored.contributions.filter(pl.col("subject").is_in(list(ids))), names)
    return Compared(as_of, rubric or default_on(as_of), tuple(names.values()), said, figures)


def figures_of(contributions: pl.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each figure that somebody has, the widest apart in weighed marks first."""
    by: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in contributions.sort("dimension", "metric", "subject").to_dicts():
        by.setdefault((row["dimension"], row["metric"]), {})[row["subject"]] = row
    told = [(key, found) for key, found in by.items() if any(one["value"] is not None for one in found.values())]
    told.sort(key=lambda one: -_apart(one[1].values()))
    return [
        {"dimension": dimension, "figure": metric, "unit": METRICS[family(metric)].unit}
        | {name: _told(metric, found.get(one, {})) for one, name in names.items()}
        for (dimension, metric), found in told
    ]


def _apart(rows: Any) -> float:
    marks = [row["mark"] * row["weight"] for row in rows if row["mark"] is not None]
    return max(marks) - min(marks) if len(marks) > 1 else 0.0


def _told(metric: str, row: Mapping[str, Any]) -> str | None:
    """Return the figure of one subject, with a word where it is past its age and does not count as known."""
    said = said_as(metric, row.get("value"))
    return f"{said} (too old)" if said is not None and row["state"] == "stale" else said


def said_as(metric: str, value: float | None) -> str | None:
    """Return a value as people write it in its unit; None stays None."""
    if value is None:
        return None
    unit = METRICS[family(metric)].unit
    if unit in PERCENT:
        return f"{value:.1%}"
    if value in range(len(words := WORDS.get(unit, ()))):
        return words[int(value)]
    return f"{value:,.0f}" if METRICS[family(metric)].is_count or abs(value) >= LARGE else f"{value:,.2f}"
