"""What the card of a subject says, put together from scored days and what stands behind their figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from catalog.context_metrics import context_metrics
from catalog.metric import METRICS
from scoring.confidence import reason
from scoring.days import ScoredDays
from scoring.rubric import Rubric
from scoring.words.field import Item
from scoring.words.lifecycle import SIGNS, Lifecycle, lifecycle
from scoring.words.months import SPEED, courses, last_change, months_to, sentences
from scoring.words.peer_comparison import PeerComparison
from scoring.words.phrases import Phrase, phrases
from scoring.words.products import products
from scoring.words.quick_take import QuickTake, quick_take
from scoring.words.trend import Change

Row = Mapping[str, Any]
UNITS = {name: (metric.meaning, metric.unit) for name, metric in METRICS.items()}
SIDES = ("strengths", "left", "weaknesses", "best_for", "avoid_if")


@dataclass(frozen=True)
class CardInputs:
    """One day of every subject: scores of its twelve months, the comparison of peers, and what stands behind figures.

    `behind` and `beside` are keyed by subject and metric; `audits` by subject.
    """

    days: ScoredDays
    as_of: datetime
    peers: PeerComparison
    behind: Mapping[tuple[str, str], Row]
    beside: Mapping[tuple[str, str], Row]
    context: Sequence[Row]
    audits: Mapping[str, Row]
    label: str | None
    falls: Sequence[Row] = ()

    @cached_property
    def context_of(self) -> Mapping[str, Sequence[Row]]:
        """The rows of `context` by subject, parted once."""
        return _by_subject(self.context)

    @cached_property
    def falls_of(self) -> Mapping[str, Sequence[Row]]:
        """The rows of `falls` by subject, parted once."""
        return _by_subject(self.falls)

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """The kinds of the subjects that were marked."""
        return dict(self.days.marked.select("subject", "kind").unique("subject", keep="first").iter_rows())


def _by_subject(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["subject"]].append(row)
    return found


def card_content(inputs: CardInputs, subject: str) -> dict[str, Any]:
    """Return what the card of a subject says, by the names of the fields of a card."""
    days, own = inputs.days.of(subject), pl.col("as_of") == inputs.as_of
    score = days.scored.scores.filter(own).row(0, named=True)
    course = courses(days.scored, subject, is_monotone=days.rubric.is_monotone)
    drawn = days.drawn.intervals.filter(own).to_dicts()
    interval = _with_reason(drawn[0], score) if drawn else None
    change = last_change(course[SPEED], interval["lo"], interval["hi"]) if interval else None
    kind, context = inputs.kinds.get(subject, "framework"), inputs.context_of.get(subject, ())
    said = sentences(inputs.peers, subject, course, kind)
    figures = [_figure(row, inputs) for row in days.scored.contributions.filter(own).to_dicts()]
    life = _life(figures, context)
    take = quick_take(inputs.peers, subject, days.names, _products(inputs), life.state)
    months = zip(months_to(inputs.as_of), course[SPEED].months, strict=True)
    return {
        "subject": subject,
        "name": days.names[subject],
        "kind": kind,
        "lifecycle": {"state": life.state, "since": life.since, "headline": life.headline, "sentence": life.sentence},
        "score": score,
        "dimensions": {
            row["dimension"]: row
            | {"sentence": said[row["dimension"]], "trend": asdict(course[row["dimension"]].trend)}
            | {"interval": _ends(inputs.peers.get(subject, row["dimension"]))}
            for row in days.scored.dimensions.filter(own).to_dicts()
        },
        "figures": figures,
        "word": course[SPEED].word,
        "interval": interval,
        "ranks": days.drawn.ranks.filter(own).select("rank", "probability").sort("rank").to_dicts(),
        "trend": asdict(course[SPEED].trend),
        "change": _change(change) if change else None,
        "months": [{"as_of": month, "speed_raw": raw} for month, raw in months],
        "take": _take(take, days.names),
        "companions": [_context(row) for row in context if row["metric"] in context_metrics()],
        "audit": inputs.audits.get(subject),
        "is_floor": days.rubric.is_monotone,
        "waits_for": _awaited(days, own) if days.rubric.is_monotone else [],
        "falls": [{"dimension": row["dimension"], "on": row["on"]} for row in inputs.falls_of.get(subject, ())],
        "label": inputs.label,
    }


def _life(figures: Sequence[Row], context: Sequence[Row]) -> Lifecycle:
    """Return the state of a project's life from its figures and from what the rubric does not weigh."""
    told = [row for row in figures if row["metric"] in SIGNS and row["value"] is not None]
    fresh = {row["metric"]: row for row in context} | {row["metric"]: row for row in told if row["state"] == "fresh"}
    return lifecycle(fresh, {row["metric"]: row for row in told if row["state"] == "stale"})


def _products(inputs: CardInputs) -> Callable[[str, str], Sequence[str]]:
    """Return what names the products that stand behind a subject's capability."""

    def of(subject: str, metric: str) -> Sequence[str]:
        behind = inputs.behind.get((subject, metric), {})
        return products(metric, behind.get("source"), behind.get("quote"))

    return of


def _awaited(days: ScoredDays, own: pl.Expr) -> list[str]:
    """Return the names of the figures that could still raise the score, the weightiest first."""
    is_open = pl.col("state").is_in(["missing", "stale"]) & (pl.col("weight") > 0)
    rows = days.scored.contributions.filter(own & is_open).sort("weight", "metric", descending=[True, False])
    return [phrases().name(metric) for metric in rows["metric"]]


def unweighed(rubric: Rubric) -> list[str]:
    """Return the metrics that a card shows or tells the state of a project by, and that the rubric does not weigh."""
    weighed = {one.metric for one in rubric.criteria}
    return [metric for metric in dict.fromkeys([*context_metrics(), *SIGNS]) if metric not in weighed]


def _with_reason(drawn: Row, score: Row) -> dict[str, Any]:
    names = ("median", "lo", "hi", "peers", "p_first", "confidence")
    lo, hi = drawn["lo"], drawn["hi"]
    why = reason(drawn["confidence"], score["coverage"], score["measured_share"], lo, hi)
    return {name: drawn[name] for name in names} | {"reason": why}


def _change(change: Change) -> dict[str, Any]:
    return asdict(change) | {"difference": change.difference, "is_material": change.is_material}


def _ends(item: Item | None) -> dict[str, float | None] | None:
    return None if item is None else {"lo": item.lo, "hi": item.hi, "p_first": item.p_first}


def _figure(row: dict[str, Any], inputs: CardInputs) -> dict[str, Any]:
    key = (row["subject"], row["metric"])
    beside = inputs.beside.get(key) if row["status"] == "curated" else None
    behind = inputs.behind.get(key)
    called = products(row["metric"], row["source"], behind["quote"] if behind else None)
    return row | _named(row["metric"]) | {"products": list(called), "evidence": behind, "beside": beside}


def _context(row: Row) -> dict[str, Any]:
    return {**row, "dimension": context_metrics()[row["metric"]], **_named(row["metric"])}


def _named(metric: str) -> dict[str, str]:
    meaning, unit = UNITS[metric]
    return {"name": phrases().name(metric), "meaning": meaning, "unit": unit}


def _take(take: QuickTake, names: Mapping[str, str]) -> dict[str, Any]:
    said = {side: [_said(phrase, names) for phrase in getattr(take, side)] for side in SIDES}
    return said | {"unjudged": list(take.unjudged), "peers": take.peers}


def _said(phrase: Phrase, names: Mapping[str, str]) -> dict[str, Any]:
    facts = [
        asdict(fact) | {"name": phrases().name(fact.key), "of": names.get(fact.subject, fact.subject)}
        for fact in phrase.facts
    ]
    return {"text": phrase.text, "rule": phrase.rule, "facts": facts}
