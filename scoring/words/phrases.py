"""The rules by which words are chosen, and how figures are called: phrases.toml, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import tomli

from scoring.words.field import Item


@dataclass(frozen=True)
class Limits:
    """The numbers of the rules; scores and marks from 0 to 10, shares from 0 to 1."""

    field: int
    told: int
    most: int
    strong: float
    lead: float
    sure_first: float
    lag: float
    weak: float
    gap: float
    gap_in: float
    best: float
    clear: float
    months: int
    least_months: int


@dataclass(frozen=True)
class UseCase:
    """What speaks for a use or against it, as `best_for` and `avoid_if` of phrases.toml have it; `use` names it."""

    text: str
    rule: Mapping[str, Any]
    use: str = ""


@dataclass(frozen=True)
class Phrase:
    """What is said, by which rule, and the items that the rule looked at, the one that is spoken of first.

    Of many peers the best are kept, as many as `told` says. `use` names the use that is spoken of, if one is.
    """

    text: str
    rule: str
    facts: tuple[Item, ...]
    use: str = ""


@dataclass(frozen=True)
class Phrases:
    """All rules; `words` from the best down, each with the least score that earns it."""

    limit: Limits
    words: Sequence[tuple[float, str]]
    say: Mapping[str, Mapping[str, str]]
    dimensions: Mapping[str, Mapping[str, str]]
    best_for: Sequence[UseCase]
    avoid_if: Sequence[UseCase]
    names: Mapping[str, str]
    clauses: Mapping[str, str | Sequence[str]]
    kinds: Mapping[str, str]
    clauses_of_one: Mapping[str, str]

    def phrase(self, say: str, facts: tuple[Item, ...], **told: Any) -> Phrase:
        """Say one thing of the first of the facts, with the limits and what else is told."""
        more = vars(self.limit) | {"name": self.title(facts[0].key)} | told
        return Phrase(self.say[say]["text"].format(**more), self.say[say]["rule"].format(**more), facts)

    def name(self, key: str) -> str:
        """Call a dimension or a metric as people do; what backs a capability after the capability."""
        if key in self.dimensions:
            return self.dimensions[key]["name"]
        if key in self.names:
            return self.names[key]
        kind, _, what = key.partition(".")
        return f"what stands behind {self.name(f'curated.{what}')}" if kind == "liveness" else key

    def title(self, key: str) -> str:
        """Call it at the beginning of a sentence."""
        name = self.name(key)
        return name[:1].upper() + name[1:]

    def plural(self, kind: str) -> str:
        """Call several of a kind."""
        return self.kinds.get(kind, f"{kind}s")


@cache
def phrases() -> Phrases:
    """Return the rules that ship."""
    return read(files("scoring.words").joinpath("phrases.toml").read_text(encoding="utf-8"))


def read(text: str) -> Phrases:
    """Read rules from TOML; what is missing or unknown is a KeyError or TypeError that names it."""
    table = tomli.loads(text)
    words = sorted(((float(row["least"]), str(row["text"])) for row in table["word"]), reverse=True)
    best_for, avoid_if = (
        tuple(
            UseCase(row["text"], {key: row[key] for key in row.keys() - {"text", "use"}}, row["use"])
            for row in table[kind]
        )
        for kind in ("best_for", "avoid_if")
    )
    limits = Limits(**table["limit"])
    told = (table[name] for name in ("name", "clause", "kind", "clause_of_one"))
    return Phrases(limits, tuple(words), table["say"], table["dimension"], best_for, avoid_if, *told)
