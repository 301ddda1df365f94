"""Subjects side by side on one day: scores, and the figures behind them, those that part them most first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from catalog.metric import METRICS, family
from catalog.share import COMPLETE
from catalog.wording import FLAGS, WORDS, in_words, short
from flows.settings import Settings
from flows.stages.score import as_said, leaderboard, score_day, with_interval
from reports.card import said
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.rubric_files import default_on
from scoring.words.phrases import phrases

SAID = ("speed_score", "interval", *DIMENSIONS, "coverage", "status")
PERCENT = {"share", "probability"}
OLD = " (too old)"


Say = Callable[[str, float], str]


@dataclass(frozen=True)
class Compared:
    """Rows of scores (what) and of figures (dimension, figure, name, unit), each with a column a subject by its name.

    In `figures` the unit stands apart, in `lines` behind each value.
    """

    as_of: datetime
    rubric: str
    names: tuple[str, ...]
    scores: list[dict[str, Any]]
    figures: list[dict[str, Any]]
    lines: list[dict[str, Any]]

    @property
    def title(self) -> str:
        """The day in words: what is as of a midnight counts the day before it, to its end."""
        return f"At the end of {self.as_of - timedelta(days=1):%Y-%m-%d} (UTC)"


def compared(settings: Settings, ids: Sequence[str], as_of: datetime, rubric: str | None = None) -> Compared:
    """Compare subjects on a day from what is stored; store nothing."""
    seen = score_day(settings, as_of, rubric, ids)
    names = {one: seen.names.get(one, one) for one in ids}
    may_rise = open_dimensions(seen.scored.dimensions, seen.rubric)
    rows = leaderboard(with_interval(seen), seen.names)
    scores = {row["subject"]: as_said(row, may_rise.get(row["subject"], ())) for row in rows}
    table = [
        {"what": what.replace("_", " ")} | {names[one]: scores.get(one, {}).get(what) for one in ids} for what in SAID
    ]
    own = seen.scored.contributions.filter(pl.col("subject").is_in(list(ids)))
    figures, lines = (figures_of(own, names, say) for say in (said_as, _in_unit))
    return Compared(as_of, rubric or default_on(as_of), tuple(names.values()), table, figures, lines)


def open_dimensions(dimensions: pl.DataFrame, rubric: Rubric) -> dict[str, set[str]]:
    """Return by subject the dimensions of which something that could raise them is not known."""
    found: dict[str, set[str]] = {}
    is_open = pl.col("score").is_not_null() & (pl.col("coverage") < COMPLETE)
    rows = dimensions.filter(is_open).select("subject", "dimension").iter_rows() if rubric.is_monotone else ()
    for subject, dimension in rows:
        found.setdefault(subject, set()).add(dimension)
    return found


def figures_of(contributions: pl.DataFrame, names: Mapping[str, str], say: Say) -> list[dict[str, Any]]:
    """Return a row for each figure that somebody has, the widest apart in weighed marks first."""
    by: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in contributions.sort("dimension", "metric", "subject").to_dicts():
        by.setdefault((row["dimension"], row["metric"]), {})[row["subject"]] = row
    told = [(key, found) for key, found in by.items() if any(one["value"] is not None for one in found.values())]
    told.sort(key=lambda one: -_apart(one[1].values()))
    return [
        {"dimension": dimension, "figure": metric, "name": phrases().name(metric), "unit": METRICS[family(metric)].unit}
        | {name: _told(metric, found.get(one, {}), say) for one, name in names.items()}
        for (dimension, metric), found in told
    ]


def _apart(rows: Any) -> float:
    marks = [row["mark"] * row["weight"] for row in rows if row["mark"] is not None]
    return max(marks) - min(marks) if len(marks) > 1 else 0.0


def _told(metric: str, row: Mapping[str, Any], say: Say) -> str | None:
    if row.get("value") is None:
        return None
    told = say(metric, row["value"])
    return f"{told}{OLD}" if row["state"] == "stale" else told


def _in_unit(metric: str, value: float) -> str:
    return said({"metric": metric, "value": value, "unit": METRICS[family(metric)].unit})


def said_as(metric: str, value: float) -> str:
    """Return a value as a card has it, its unit apart."""
    unit = METRICS[family(metric)].unit
    if unit in PERCENT:
        return in_words(value, unit)
    if value in range(len(words := FLAGS.get(metric) or WORDS.get(unit, ()))):
        return words[int(value)]
    return short(value)
