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
from scoring.words.verdict import NOT_RATED, lasting_verdict, sentence

SPEED = "speed"
ALIKE = 0.02  # how far the coverage of two days may differ for a line to be drawn through both


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


def courses(scored: Scored, subject: str, *, is_monotone: bool) -> dict[str, Course]:
    """Return the course of the Speed Score and of each dimension over all days that were scored.

    Under a monotone rubric a trend is drawn through days of the coverage of the last one alone, and the word looks back
    on what a withheld day was worth at least, so that no gap lifts either.
    """
    own = pl.col("subject") == subject
    dims = scored.dimensions.filter(own).sort("as_of")
    known = dims.group_by("as_of", maintain_order=True).agg(pl.col("raw").fill_null(0.0).mean().alias("known"))
    whole = scored.scores.filter(own).sort("as_of").join(known, on="as_of", maintain_order="left")
    found = {SPEED: whole.select("coverage", raw="speed_raw", score="speed_mean", known="known")}
    for name in DIMENSIONS:
        published = pl.when(pl.col("score").is_not_null()).then("raw")
        found[name] = dims.filter(dimension=name).select(
            "coverage", "score", raw=published, known=pl.col("raw").fill_null(0.0)
        )
    return {name: (_floored if is_monotone else _course)(rows) for name, rows in found.items()}


def sentences(field: PeerComparison, subject: str, found: Mapping[str, Course], kind: str) -> dict[str, str]:
    """Return the sentence of each dimension of a subject of a kind."""
    told = {}
    for name in DIMENSIONS:
        best, gaps = clauses(field, subject, name)
        called = [phrases().name(item.key) for item in gaps]
        told[name] = sentence(name, found[name].word, phrases().name(best.key) if best else None, called, kind)
    return told


def last_change(course: Course, lo: float, hi: float) -> Change | None:
    """Return what the last month changed, beside the 5-95 % interval of the last score."""
    return change(course.months, lo, hi)


def _course(rows: pl.DataFrame) -> Course:
    months = tuple(rows["raw"].to_list())
    return Course(months, lasting_verdict(rows["score"].to_list()), trend(months))


def _floored(rows: pl.DataFrame) -> Course:
    last = rows.row(-1, named=True)
    is_alike = (pl.col("coverage") - last["coverage"]).abs() <= ALIKE
    alike = rows.select(pl.when(is_alike).then("raw").alias("raw"))["raw"].to_list()
    words = rows.select(pl.coalesce("score", "known"))["score"].to_list()
    word = lasting_verdict(words) if last["score"] is not None else NOT_RATED
    return Course(tuple(rows["raw"].to_list()), word, trend(alike))
