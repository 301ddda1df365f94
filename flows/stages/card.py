"""Gather what cards say: a day and its twelve months scored afresh, and the requests behind every figure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from catalog.audit import Audit, audits
from catalog.context_metrics import companions as companion_metrics
from catalog.metric import METRICS
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.score import Peek, ensure_standing, look
from reports.card_facts import DIMENSIONS, CardFacts
from scoring.confidence import reason
from scoring.rubric import Rubric
from scoring.rubric_files import default_on, load
from scoring.words.audit import with_figures
from scoring.words.months import SPEED, courses, last_change, months_to, sentences
from scoring.words.peer_comparison import Field, Item, field
from scoring.words.phrases import Phrase, phrases
from scoring.words.quick_take import QuickTake, quick_take
from scoring.words.trend import Change
from warehouse.figures import Figures, behind_figures, beside_figures, companions
from warehouse.label import label
from warehouse.query import rows
from warehouse.scores import evidence

UNITS = {name: (metric.meaning, metric.unit) for name, metric in METRICS.items()}
DIMENSION_OF = companion_metrics()
SIDES = ("strengths", "weaknesses", "best_for", "avoid_if")


@dataclass(frozen=True)
class Sight:
    """One day of everybody as cards see it: scores of twelve months, what may be said, what stands behind figures."""

    seen: Peek
    as_of: datetime
    field: Field
    behind: Figures
    beside: Figures
    companions: Sequence[Mapping[str, Any]]
    audits: Mapping[str, Mapping[str, Any]]
    mark: str | None


def card_facts(settings: Settings, subject: str | None, as_of: datetime, rubric: str | None = None) -> list[CardFacts]:
    """Give the facts of one subject's card, or of everybody's; scored afresh from what is published."""
    found = sight(settings, as_of, rubric)
    wanted = [subject] if subject else sorted(found.seen.names)
    return [facts_of(found, one) for one in wanted]


def sight(settings: Settings, as_of: datetime, rubric_id: str | None = None) -> Sight:
    """Look at a day from the published warehouse with all that is known; store nothing."""
    rubric = load(rubric_id or default_on(as_of))
    ensure_standing(settings)
    with reading(settings) as connection:
        known_at = rows(connection, "newest_knowledge")[0]["known_at"]
        seen = look(connection, months_to(as_of), rubric, known_at)
        today = seen.scored.contributions.filter(pl.col("as_of") == as_of)
        return Sight(
            seen=seen,
            as_of=as_of,
            field=field(seen.marked, seen.scored, rubric),
            behind=behind_figures(connection, today),
            beside=beside_figures(connection, today, known_at, as_of),
            companions=companions(connection, _unweighed(rubric), known_at, as_of),
            audits=_audits(connection, seen, as_of, known_at),
            mark=label(connection),
        )


def facts_of(found: Sight, subject: str) -> CardFacts:
    """Put together what the card of a subject says."""
    seen, own = found.seen, (pl.col("subject") == subject) & (pl.col("as_of") == found.as_of)
    score = seen.scored.scores.filter(own).row(0, named=True)
    course, drawn = courses(seen.scored, subject), seen.drawn.intervals.filter(own).to_dicts()
    interval = _with_reason(drawn[0], score) if drawn else None
    change = last_change(course[SPEED], interval["lo"], interval["hi"]) if interval else None
    told = sentences(found.field, subject, course)
    dimensions = {
        row["dimension"]: row
        | {"sentence": told[row["dimension"]], "trend": asdict(course[row["dimension"]].trend)}
        | {"interval": _ends(found.field.get(subject, row["dimension"]))}
        for row in seen.scored.dimensions.filter(own).to_dicts()
    }
    months = zip(months_to(found.as_of), course[SPEED].months, strict=True)
    return CardFacts(
        subject=subject,
        name=seen.names[subject],
        score=score,
        dimensions={name: dimensions[name] for name in DIMENSIONS},
        figures=[_figure(row, found) for row in seen.scored.contributions.filter(own).to_dicts()],
        word=course[SPEED].word,
        interval=interval,
        ranks=seen.drawn.ranks.filter(own).select("rank", "probability").sort("rank").to_dicts(),
        trend=asdict(course[SPEED].trend),
        change=_change(change) if change else None,
        months=[{"as_of": month, "speed_raw": raw} for month, raw in months],
        take=_take(quick_take(found.field, subject, seen.names)),
        companions=[_companion(row) for row in found.companions if row["subject"] == subject],
        audit=found.audits.get(subject),
        label=found.mark,
    )


def _with_reason(drawn: Mapping[str, Any], score: Mapping[str, Any]) -> dict[str, Any]:
    names = ("median", "lo", "hi", "peers", "p_first", "confidence")
    lo, hi = drawn["lo"], drawn["hi"]
    why = reason(drawn["confidence"], score["coverage"], score["measured_share"], lo, hi)
    return {name: drawn[name] for name in names} | {"reason": why}


def _change(change: Change) -> dict[str, Any]:
    return asdict(change) | {"difference": change.difference, "is_material": change.is_material}


def _ends(item: Item | None) -> dict[str, float | None] | None:
    return None if item is None else {"lo": item.lo, "hi": item.hi, "p_first": item.p_first}


def _figure(row: dict[str, Any], found: Sight) -> dict[str, Any]:
    key = (row["subject"], row["metric"])
    meaning, unit = UNITS[row["metric"]]
    named = {"name": phrases().name(row["metric"]), "meaning": meaning, "unit": unit}
    beside = found.beside.get(key) if row["status"] == "curated" else None
    return row | named | {"evidence": found.behind.get(key), "beside": beside}


def _unweighed(rubric: Rubric) -> list[str]:
    weighed = {one.metric for one in rubric.criteria}
    return [metric for metric in DIMENSION_OF if metric not in weighed]


def _companion(row: Mapping[str, Any]) -> dict[str, Any]:
    metric = row["metric"]
    meaning, unit = UNITS[metric]
    return {**row, "dimension": DIMENSION_OF[metric], "name": phrases().name(metric), "meaning": meaning, "unit": unit}


def _take(take: QuickTake) -> dict[str, Any]:
    said = {side: [_said(phrase) for phrase in getattr(take, side)] for side in SIDES}
    return said | {"unjudged": list(take.unjudged), "peers": take.peers}


def _said(phrase: Phrase) -> dict[str, Any]:
    facts = [asdict(fact) | {"name": phrases().name(fact.key)} for fact in phrase.facts]
    return {"text": phrase.text, "rule": phrase.rule, "facts": facts}


def _audits(
    connection: duckdb.DuckDBPyConnection, seen: Peek, as_of: datetime, known_at: datetime
) -> dict[str, dict[str, Any]]:
    """Give the audits that are about the day and the rubric, by subject."""
    due = [one for one in audits() if one.rubric == seen.rubric.id and one.first < as_of.date() <= one.last]
    if not due:
        return {}
    known = evidence(connection, seen.rubric.metrics(), known_at, as_of)
    return {one.subject: _audit(one, known, seen, as_of) for one in due if one.subject in seen.names}


def _audit(audit: Audit, known: pl.DataFrame, seen: Peek, as_of: datetime) -> dict[str, Any]:
    own = pl.col("subject") == audit.subject
    said = seen.scored.scores.filter(own & (pl.col("as_of") == as_of))["speed_mean"].item()
    scores = {
        case.text: with_figures(known, audit.subject, as_of, seen.rubric, audit.figures(case)) for case in audit.case
    }
    named = [row.model_dump() | {"name": phrases().name(row.metric)} for row in audit.row]
    told = audit.model_dump(include={"source", "found", "half_width", "why"})
    return told | {"said": said, "cases": scores, "rows": named}
