"""What the tests of reports are built from: the seed card, a full card of one mark, a card with nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl

from catalog.load import load_catalog
from reports.card_facts import CardFacts
from scoring.days import scored_days
from scoring.words.card import CardInputs, card_content
from scoring.words.months import months_to
from scoring.words.peer_comparison import compare_peers
from tests.scoring.builders import MAY_DAY, RUBRIC, Answer, card, evidence, of_facts, subjects

JANUARY = datetime(2024, 1, 31)


@cache
def seed() -> CardFacts:
    """The card of PyTorch in January 2024."""
    facts = [fact.observe() for fact in load_catalog().facts if fact.source == "seed card"]
    curated = of_facts(facts)
    return CardFacts(**card_content(inputs_of(curated, {"pytorch": "PyTorch"}, JANUARY), "pytorch"))


def full(mark: float, subject: str = "alpha", but: tuple[str, ...] = (), **more: Any) -> CardFacts:
    """A card of which every answer is worth `mark`."""
    return replace(among(card(mark, subject=subject, but=but), subject), **more)


def empty(subject: str = "omega") -> CardFacts:
    """A card of which nothing is known."""
    return among([], subject)


def among(answers: Iterable[Answer], *names: str) -> CardFacts:
    """Return the card of the first of some subjects."""
    found = inputs_of(evidence(answers), {name: name.title() for name in names}, MAY_DAY)
    return CardFacts(**card_content(found, names[0]))


def inputs_of(known: pl.DataFrame, names: dict[str, str], as_of: datetime) -> CardInputs:
    """Look at a day as cards do, without a warehouse: no request is known."""
    who = subjects(*sorted(names)).with_columns(name=pl.col("subject").replace_strict(names, return_dtype=pl.String))
    found = scored_days(known, who, months_to(as_of), [as_of], RUBRIC)
    return CardInputs(found, as_of, compare_peers(found.marked, found.scored, RUBRIC), {}, {}, [], {}, None)
