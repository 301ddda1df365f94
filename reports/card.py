"""The discovery card of one subject: Markdown, JSON and HTML from the same facts."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from catalog.metric import LEVELS

WORDS = {
    "level 0-4": LEVELS,
    "0 or 1": ("absent", "present"),
    "state 0-4": ("retired", "declining", "watch", "stable", "live"),
}
DIMENSIONS = {
    "ecosystem": "Ecosystem health",
    "production": "Production maturity",
    "research": "Research adoption",
    "learning": "Learning curve",
    "performance": "Performance",
}


@dataclass(frozen=True)
class CardFacts:
    """Everything a card says: one score row, its dimension rows, its contribution rows."""

    subject: str
    name: str
    score: Mapping[str, Any]
    dimensions: Mapping[str, Mapping[str, Any]]
    contributions: Sequence[Mapping[str, Any]]
    verdict: Callable[[float | None], str]
    units: Mapping[str, tuple[str, str]]
    label: str | None = None

    @property
    def calculation(self) -> str:
        """The calculation line, so that a reader can do it again."""
        published = [self.dimensions[dimension]["score"] for dimension in DIMENSIONS]
        if any(score is None for score in published):
            return f"withheld: {self.score['reason']}"
        summed = " + ".join(f"{score:.1f}" for score in published)
        return f"({summed}) / 5 = {self.score['speed_mean']:.2f} -> {self.score['speed_score']:.1f}"

    @property
    def provenance(self) -> str:
        """What the answered weight rests on, in one line."""
        shares = {"measured": 0.0, "derived": 0.0, "curated": 0.0}
        fresh = [row for row in self.contributions if row["state"] == "fresh"]
        for row in fresh:
            shares[row["status"]] += row["weight"]
        total = sum(shares.values())
        if not total:
            return "nothing is known"
        parts = [f"{kind} {100 * share / total:.0f}%" for kind, share in shares.items()]
        oldest = min((row["valid_at"] for row in fresh if row["status"] == "curated"), default=None)
        return " | ".join(parts) + (f" (oldest curated {oldest:%Y-%m-%d})" if oldest else "")

    def lines(self, dimension: str) -> list[Mapping[str, Any]]:
        """Give the figures behind a dimension, in the order of the rubric's groups."""
        return [row for row in self.contributions if row["dimension"] == dimension]


def as_markdown(facts: CardFacts) -> str:
    """Give the card as Markdown."""
    return _render("card.md.j2", facts)


def as_html(facts: CardFacts) -> str:
    """Give the card as a page that needs nothing else."""
    return _render("card.html.j2", facts)


def as_json(facts: CardFacts) -> str:
    """Give the card for machines: times as ISO 8601 UTC, absent values as null."""
    card = {
        "subject": facts.subject,
        "name": facts.name,
        "label": facts.label,
        "score": dict(facts.score),
        "calculation": facts.calculation,
        "provenance": facts.provenance,
        "dimensions": [
            {
                **facts.dimensions[dimension],
                "title": title,
                "verdict": facts.verdict(facts.dimensions[dimension]["score"]),
                "figures": facts.lines(dimension),
            }
            for dimension, title in DIMENSIONS.items()
        ],
    }
    return json.dumps(card, default=plain, indent=2, sort_keys=True)


@cache
def environment() -> Environment:
    """Give the templates, strict about what is undefined."""
    found = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["figure"] = figure
    found.filters["day"] = day
    found.filters["one"] = lambda number: "n/a" if number is None else f"{number:.1f}"
    found.filters["two"] = lambda number: "-" if number is None else f"{number:.2f}"
    return found


def figure(number: float | None, unit: str = "") -> str:
    """Write a value as people do: 74,005, 0.781, good, present; a dash where there is none."""
    if number is None:
        return "-"
    if number in range(len(WORDS.get(unit, ()))):
        return WORDS[unit][int(number)]
    if abs(number) >= 1000 or number == int(number):
        return f"{number:,.0f}"
    return f"{number:.3g}"


def day(moment: datetime | None) -> str:
    """Write a day; a dash where there is none."""
    return f"{moment:%Y-%m-%d}" if moment else "-"


def _render(template: str, facts: CardFacts) -> str:
    return environment().get_template(template).render(card=facts, titles=DIMENSIONS, words=WORDS)


def plain(value: Any) -> str:
    """Write a moment for machines; anything else has no place."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a card")
