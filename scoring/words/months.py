"""The twelve months that end with a day: their scores, and what words and trends make of them."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

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


class Month(NamedTuple):
    """A score on the day of a month: how much of it is answered, what is published of it, what it is worth at least."""

    coverage: float | None
    score: float | None
    raw: float | None
    known: float | None


def months_to(as_of: datetime) -> list[datetime]:
    """Return the moments of the last twelve months, the oldest first; the day of the month is kept where it exists."""
    return [_months_before(as_of, step) for step in reversed(range(phrases().limit.months))]


def _months_before(moment: datetime, months: int) -> datetime:
    year, place = divmod(12 * moment.year + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=place + 1, day=min(moment.day, monthrange(year, place + 1)[1]))


def courses(scored: Scored, subject: str, *, is_monotone: bool) -> dict[str, Course]:
    """Return the course of the Speed Score and of each dimension over all days that were scored.

    Under a monotone rubric a trend is drawn through days of the coverage of the last one alone, and the word looks back
    on what a withheld day was worth at least, so that no gap lifts either.
    """
    own = pl.col("subject") == subject
    dims = scored.dimensions.filter(own).sort("as_of")
    known = dict(dims.group_by("as_of", maintain_order=True).agg(pl.col("raw").fill_null(0.0).mean()).iter_rows())
    found: dict[str, list[Month]] = defaultdict(list)
    whole = scored.scores.filter(own).sort("as_of").select("as_of", "coverage", "speed_mean", "speed_raw")
    for as_of, coverage, score, raw in whole.iter_rows():
        found[SPEED].append(Month(coverage, score, raw, known.get(as_of)))
    for name, coverage, score, raw in dims.select("dimension", "coverage", "score", "raw").iter_rows():
        found[name].append(Month(coverage, score, None if score is None else raw, raw or 0.0))
    return {name: (_floored if is_monotone else _course)(found[name]) for name in (SPEED, *DIMENSIONS)}


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


def _course(months: Sequence[Month]) -> Course:
    raws = tuple(one.raw for one in months)
    return Course(raws, lasting_verdict([one.score for one in months]), trend(raws))


def _floored(months: Sequence[Month]) -> Course:
    last = months[-1]
    alike = [one.raw if _is_alike(one, last) else None for one in months]
    words = [one.known if one.score is None else one.score for one in months]
    word = lasting_verdict(words) if last.score is not None else NOT_RATED
    return Course(tuple(one.raw for one in months), word, trend(alike))


def _is_alike(one: Month, last: Month) -> bool:
    if one.coverage is None or last.coverage is None:
        return False
    return abs(one.coverage - last.coverage) <= ALIKE
