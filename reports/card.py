"""The discovery card of one subject: Markdown, JSON and HTML from the same facts."""

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from catalog.metric import LEVELS
from catalog.wording import FLAGS, in_percent, in_words, many, short
from reports.card_facts import DIMENSIONS, CardFacts, Row
from reports.card_sentences import bar
from reports.legible import escaped, legible
from reports.sparkline import sparkline

SCHEMA = "card.schema.json"
WORDS = {
    "level 0-4": LEVELS,
    "0 or 1": ("absent", "present"),
    "state 0-4": ("retired", "declining", "watch", "stable", "live"),
}
HEADINGS = {"missing": "Missing", "not_fresh": "Not fresh", "ahead": "Ahead"}
NOTHING_SAID = {
    "strengths": "Nothing stands out from its peers.",
    "left": "Nothing stands out from its peers.",
    "weaknesses": "Nothing lies clearly behind its peers.",
    "best_for": "Nothing that can be recommended by the figures.",
    "avoid_if": "Nothing that the figures warn of.",
}
ALONE = dict.fromkeys(("strengths", "left", "weaknesses"), "Nothing can be said without others of its kind.")
NOTHING_KNOWN = dict.fromkeys(NOTHING_SAID, "Too little is known to say anything.")
UNMARKED = {"missing": "not known", "stale": "too old", "not_applicable": "does not apply"}


def as_markdown(facts: CardFacts) -> str:
    """Return the card as Markdown."""
    return _render("card.md.j2", facts)


def as_html(facts: CardFacts) -> str:
    """Return the card as a page that needs nothing else."""
    return _render("card.html.j2", facts)


def as_json(facts: CardFacts) -> str:
    """Return the card for machines, as card.schema.json has it: times as ISO 8601 UTC, absent values as null."""
    card = {
        "$schema": SCHEMA,
        "subject": facts.subject,
        "name": facts.name,
        "kind": facts.kind,
        "first_line": facts.first_line,
        "why": facts.why,
        "lifecycle": dict(facts.lifecycle),
        "notices": dict(facts.notices),
        "label": facts.label,
        "score": dict(facts.score),
        "verdict": facts.word,
        "calculation": facts.calculation,
        "provenance": facts.provenance,
        "interval": facts.interval,
        "ranks": list(facts.ranks),
        "standing": facts.standing,
        "trend": facts.trend,
        "change": facts.change,
        "months": list(facts.months),
        "stale": [row["metric"] for row in facts.stale],
        "quick_take": facts.take,
        "audit": facts.audit,
        "headline": facts.headline,
        "waits_for": list(facts.waits_for),
        "falls": list(facts.falls),
        "companions": list(facts.companions),
        "dimensions": [
            {**_whole(facts.dimensions[dimension]), "title": title, "figures": facts.lines(dimension)}
            for dimension, title in DIMENSIONS.items()
        ],
    }
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
    return escaped(orjson.dumps(card, default=plain, option=options).decode())


def _whole(row: Row) -> Row:
    """Return a dimension whose coverage is a share: weights may sum to a hair above 1."""
    return {**row, "coverage": min(row["coverage"], 1.0)}


def schema() -> str:
    """Return the JSON Schema (draft 2020-12) that every card for machines keeps."""
    return files("reports").joinpath(SCHEMA).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return the templates, strict about what is undefined."""
    found = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        finalize=legible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["figure"] = figure
    found.filters["in_words"] = in_words
    found.filters["said"] = said
    found.filters["many"] = many
    found.filters["or_withheld"] = lambda text: "withheld" if text in {"-", "n/a"} else text
    found.filters["bar"] = bar
    found.filters["state"] = state
    found.filters["points"] = lambda number: _unsigned(f"{number:.3f}")
    found.filters["day"] = day
    found.filters["day_before"] = lambda moment: day(moment - timedelta(days=1))
    found.filters["one"] = lambda number: "n/a" if number is None else f"{number:.1f}"
    found.filters["two"] = lambda number: "-" if number is None else f"{number:.2f}"
    found.filters["percent"] = in_percent
    found.filters["cell"] = lambda text: str(text).replace("|", "\\|")
    found.tests["web"] = lambda url: str(url or "").startswith(("https://", "http://"))
    found.globals["sparkline"] = sparkline
    return found


def figure(number: float | None, unit: str = "") -> str:
    """Write a value as people do: 74,005, 0.781, good, present; a dash where there is none."""
    if number is None:
        return "-"
    if number in range(len(WORDS.get(unit, ()))):
        return WORDS[unit][int(number)]
    return short(number)


def state(row: Any) -> str:
    """Write the mark of a figure, or why it has none."""
    if row["state"] in UNMARKED:
        return UNMARKED[row["state"]]
    return "-" if row["mark"] is None else _unsigned(f"{row['mark']:.1f}")


def said(row: Any) -> str:
    """Write the value of a figure in its unit."""
    words = FLAGS.get(row["metric"])
    return words[int(row["value"])] if words and row["value"] in {0, 1} else in_words(row["value"], row["unit"])


def _unsigned(text: str) -> str:
    """Return a number without the sign of a zero."""
    return text.removeprefix("-") if not text.strip("-0.") else text


@lru_cache(maxsize=8_192)
def day(moment: date | None) -> str:
    """Write a day; a dash where there is none."""
    return f"{moment:%Y-%m-%d}" if moment else "-"


def words_of(card: CardFacts) -> dict[str, Any]:
    """Return a card with the words that its template puts around it."""
    nothing = NOTHING_SAID if card.score["speed_score"] is not None else NOTHING_KNOWN
    if nothing is NOTHING_SAID and not card.take["peers"]:
        nothing = NOTHING_SAID | ALONE
    return {"card": card, "headings": HEADINGS, "nothing": nothing}


def _render(template: str, facts: CardFacts) -> str:
    return (
        environment()
        .get_template(template)
        .render(
            titles=DIMENSIONS,
            **words_of(facts),
        )
    )


def plain(value: Any) -> str:
    """Write a moment or a day for machines; anything else has no place."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a card")
