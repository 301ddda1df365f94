"""Gather both ends of a difference, and what lies between them: another rubric, corrections, news."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import duckdb
import polars as pl

from catalog.span import Span
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.score import compute_scores, land_shipped_once
from reports.explanation import ExplanationFacts, Line
from scoring.explain import Gate, Side, moves
from scoring.lint import DIMENSIONS
from scoring.rubric import Rubric
from scoring.rubric_files import default_on, load
from scoring.score import marks, score
from scoring.words.card import UNITS
from warehouse.label import label
from warehouse.query import rows
from warehouse.scores import evidence_since, refuse_unknown, subjects_known


@dataclass(frozen=True)
class Point:
    """One score of a subject: of which day, under which rubric, with what was known when; and why it is looked at."""

    as_of: datetime
    rubric: Rubric
    known_at: datetime
    step: str


@dataclass(frozen=True)
class Question:
    """Of whom, from which day to which, under which rubric (else that of each day), with what known at either end."""

    subject: str
    first: datetime
    last: datetime
    rubric: str | None = None
    known_from: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True)
class End(Side):
    """A side with its score row."""

    score: dict[str, Any]


def explanation(settings: Settings, asked: Question) -> ExplanationFacts:
    """Say what moved a subject's score from one day to another.

    The path is: as it was first kept; under the later rubric; with what is known by now; on the later day.
    """
    land_shipped_once(settings)
    with reading(settings) as connection:
        points = _path(connection, asked)
        last = points[-1]
        refuse_unknown(subjects_known(connection, last.known_at), asked.subject, last.known_at)
        ends = [_end(connection, asked.subject, point) for point in points]
        mark = label(connection)
        seen = compute_scores(connection, [last.as_of], last.rubric, last.known_at, some=[asked.subject])
    own = seen.drawn.intervals.filter(pl.col("subject") == asked.subject).to_dicts()
    return ExplanationFacts(
        subject=asked.subject,
        name=seen.names[asked.subject],
        before=ends[0].score,
        after=ends[-1].score,
        raws=(ends[0].raw, ends[-1].raw),
        lines=_lines(points, ends),
        half_width=(own[0]["hi"] - own[0]["lo"]) / 2 if own else None,
        units=UNITS,
        label=mark,
    )


def _path(connection: duckdb.DuckDBPyConnection, asked: Question) -> list[Point]:
    old, new = (load(asked.rubric or default_on(day)) for day in (asked.first, asked.last))
    now = asked.known_at or rows(connection, "newest_knowledge")[0]["known_at"]
    kept = rows(connection, "first_known", subject=asked.subject, as_of=asked.first, rubric=old.id)[0]["known_at"]
    then = min(asked.known_from or kept or now, now)
    return [
        Point(asked.first, old, then, "start"),
        Point(asked.first, new, then, "rubric"),
        Point(asked.first, new, now, "revision"),
        Point(asked.last, new, now, "news"),
    ]


def _end(connection: duckdb.DuckDBPyConnection, subject: str, point: Point) -> End:
    own = subjects_known(connection, point.known_at).filter(pl.col("subject") == subject)
    asked = (point.rubric.metrics(), point.known_at, point.as_of, point.as_of, Span.around([subject]))
    found = evidence_since(connection, *asked).filter(pl.col("subject") == subject)
    day = pl.DataFrame({"as_of": [point.as_of]}, schema={"as_of": pl.Datetime("us")})
    scored = score(found, own, day, point.rubric)
    shut = scored.gates.select("dimension", "metric", "value", "factor").iter_rows()
    return End(
        rows=marks(found, own, day, point.rubric),
        gates={name: Gate(metric, state, factor) for name, metric, state, factor in shut},
        raw=dict.fromkeys(DIMENSIONS) | dict(scored.dimensions.select("dimension", "raw").iter_rows()),
        rubric=point.rubric,
        score=scored.scores.row(0, named=True) if scored.scores.height else _unknown(point),
    )


def _unknown(point: Point) -> dict[str, Any]:
    """Report a day on which the subject was not followed yet."""
    reason = "the subject was not followed yet"
    return {"as_of": point.as_of, "rubric": point.rubric.id, "speed_raw": None, "speed_score": None, "reason": reason}


def _lines(points: Sequence[Point], ends: Sequence[End]) -> list[Line]:
    """Explain each step of the path; a dimension that is unknown on the way is one line from end to end."""
    first, last = ends[0].raw, ends[-1].raw
    broken = [name for name in DIMENSIONS if any(end.raw[name] is None for end in ends)]
    found = [_whole(name, first[name], last[name], "coverage", "news") for name in broken]
    for (old, new), (one, other) in zip(pairwise(points), pairwise(ends), strict=True):
        known = [name for name in DIMENSIONS if name not in broken]
        if old.rubric != new.rubric:
            found += [_whole(name, one.raw[name], other.raw[name], "rubric", new.step) for name in known]
        else:
            found += [Line(new.step, **vars(move)) for move in moves(one, other) if move.dimension in known]
    return found


def _whole(name: str, before: float | None, after: float | None, kind: str, step: str) -> Line:
    points = None if before is None or after is None else (after - before) / len(DIMENSIONS)
    return Line(step, name, name, kind, before, after, points)
