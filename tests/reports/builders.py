"""What the tests of reports are built from: the seed card, a full card of one mark, a card with nothing."""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import polars as pl

from catalog.load import load_catalog
from catalog.metric import METRICS
from reports.card import CardFacts
from scoring.rubric import load
from scoring.score import Scored, score
from scoring.verdict import verdict
from tests.scoring.builders import card, scored
from warehouse.frame import frame

JANUARY = datetime(2024, 1, 31)
UNITS = {name: (metric.meaning, metric.unit) for name, metric in METRICS.items()}


@cache
def seed() -> CardFacts:
    """The card of PyTorch in January 2024."""
    facts = [fact.observe() for fact in load_catalog().facts if fact.source == "seed card"]
    curated = frame(facts).with_columns(lane=pl.lit(9, pl.Int32), known_at=pl.col("valid_at"))
    who = pl.DataFrame({"subject": ["pytorch"], "kind": ["framework"]})
    when = pl.DataFrame({"as_of": [JANUARY]}, schema={"as_of": pl.Datetime("us")})
    return _facts(score(curated, who, when, load("2024.1")), "pytorch", "PyTorch")


def full(mark: float, subject: str = "alpha", but: tuple[str, ...] = (), **more: Any) -> CardFacts:
    """A card of which every answer is worth `mark`."""
    found = scored(card(mark, subject=subject, but=but), names=[subject])
    return replace(_facts(found, subject, subject.title()), **more)


def empty(subject: str = "omega") -> CardFacts:
    """A card of which nothing is known."""
    return _facts(scored([], names=[subject]), subject, subject.title())


def _facts(found: Scored, subject: str, name: str) -> CardFacts:
    return CardFacts(
        subject=subject,
        name=name,
        score=found.scores.row(0, named=True),
        dimensions={row["dimension"]: row for row in found.dimensions.to_dicts()},
        contributions=found.contributions.to_dicts(),
        verdict=verdict,
        units=UNITS,
    )
