"""What the tests of reports are built from: the seed card, a full card of one mark, a card with nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl

from catalog.load import load_catalog
from flows.stages.card import Sight, facts_of
from flows.stages.score import Peek
from reports.card_facts import CardFacts
from scoring.score import marks, score
from scoring.uncertainty import uncertainty
from scoring.words.months import months_to
from scoring.words.peer_comparison import field
from tests.scoring.builders import MAY_DAY, RUBRIC, Answer, card, days, evidence, of_facts, subjects

JANUARY = datetime(2024, 1, 31)


@cache
def seed() -> CardFacts:
    """The card of PyTorch in January 2024."""
    facts = [fact.observe() for fact in load_catalog().facts if fact.source == "seed card"]
    curated = of_facts(facts)
    return facts_of(sight_of(curated, {"pytorch": "PyTorch"}, JANUARY), "pytorch")


def full(mark: float, subject: str = "alpha", but: tuple[str, ...] = (), **more: Any) -> CardFacts:
    """A card of which every answer is worth `mark`."""
    return replace(among(card(mark, subject=subject, but=but), subject), **more)


def empty(subject: str = "omega") -> CardFacts:
    """A card of which nothing is known."""
    return among([], subject)


def among(answers: Iterable[Answer], *names: str) -> CardFacts:
    """Give the card of the first of some subjects."""
    found = sight_of(evidence(answers), {name: name.title() for name in names}, MAY_DAY)
    return facts_of(found, names[0])


def sight_of(told: pl.DataFrame, names: dict[str, str], as_of: datetime) -> Sight:
    """Look at a day as cards do, without a warehouse: no request is known."""
    who = subjects(*sorted(names))
    scored, marked = score(told, who, days(*months_to(as_of)), RUBRIC), marks(told, who, days(as_of), RUBRIC)
    seen = Peek(scored, uncertainty(marked, scored, RUBRIC), names, RUBRIC, marked)
    return Sight(seen, as_of, field(marked, scored, RUBRIC), {}, {}, [], {}, None)
