"""The twelve months that end with a day: their scores, and what words and trends make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from scoring.lint import DIMENSIONS
from scoring.score import Scored
from scoring.words.peer_comparison import PeerComparison
from scoring.words.phrases import phrases
from scoring.words.quick_take import clauses
from scoring.words.trend import Change, Trend, change, trend
from scoring.words.verdict import lasting_verdict, sentence

SPEED = "speed"


@dataclass(frozen=True)
class Course:
    """How a score (or a dimension) has gone: its raw months, the oldest first, its lasting word, its trend."""

    months: tuple[float | None, ...]
    word: str
    trend: Trend


def months_to(as_of: datetime) -> list[datetime]:
    """Return the moments of the last twelve months, the oldest first; the day of the month is kept where it exists."""
    months = pl.Series([as_of], dtype=pl.Datetime("us"))
    back = [months.dt.offset_by(f"-{step}mo")[0] for step in range(phrases().limit.months)]
    return back[::-1]


def courses(scored: Scored, subject: str) -> dict[str, Course]:
    """Return the course of the Speed Score and of each dimension over all days that were scored."""
    own = pl.col("subject") == subject
    whole = scored.scores.filter(own).sort("as_of")
    found = {SPEED: _course(whole["speed_raw"], whole["speed_mean"])}
    for name in DIMENSIONS:
        rows = scored.dimensions.filter(own & (pl.col("dimension") == name)).sort("as_of")
        published = pl.when(pl.col("score").is_not_null()).then(pl.col("raw"))
        found[name] = _course(rows.select(published.alias("raw"))["raw"], rows["score"])
    return found


def sentences(field: PeerComparison, subject: str, found: Mapping[str, Course]) -> dict[str, str]:
    """Return the sentence of each dimension."""
    told = {}
    for name in DIMENSIONS:
        best, gaps = clauses(field, subject, name)
        called = [phrases().name(item.key) for item in gaps]
        told[name] = sentence(name, found[name].word, phrases().name(best.key) if best else None, called)
    return told


def last_change(course: Course, lo: float, hi: float) -> Change | None:
    """Return what the last month changed, beside the 5-95 % interval of the last score."""
    return change(course.months, lo, hi)


def _course(raws: pl.Series, published: pl.Series) -> Course:
    months = tuple(raws.to_list())
    return Course(months, lasting_verdict(published.to_list()), trend(months))
