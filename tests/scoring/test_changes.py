"""Scoring only the days on which something can move tells the same as scoring every day for itself, to the last bit."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest

from catalog.liveness import STATES
from scoring.changes import changes
from scoring.rubric import Rubric
from scoring.rubric_files import available, load
from scoring.score import score
from tests.scoring.builders import MAY_DAY, Answer, answer, curated, days, evidence, not_applicable, subjects

NAMES = ("alpha", "beta", "gamma")
DAYS = [MAY_DAY + timedelta(days=step) for step in range(0, 260, 2)]


def world(chance: Random, rubric: Rubric) -> Iterator[Answer]:
    """Yield answers of which some come, age, expire, are doubted, or do not apply."""
    for name in NAMES:
        for metric in rubric.metrics():
            if chance.random() < 0.1:
                yield not_applicable(metric, name)
            if chance.random() < 0.1:
                dropped = MAY_DAY + timedelta(hours=chance.randrange(-24 * 200, 24 * 200))
                yield not_applicable(metric, name) | {"valid_at": dropped}
            for _ in range(chance.randrange(4)):
                on = MAY_DAY + timedelta(hours=chance.randrange(-24 * 300, 24 * 260))
                value = chance.randrange(len(STATES)) if "liveness" in metric else chance.randrange(1, 9_000)
                yield answer(metric, float(value), on, name)
            if chance.random() < 0.5:
                on = MAY_DAY + timedelta(hours=chance.randrange(-24 * 200, 24 * 200))
                doubted = on + timedelta(days=chance.randrange(100)) if chance.random() < 0.5 else None
                yield curated(metric, float(chance.randrange(5)), on, subject=name, doubted_at=doubted,
                              valid_until=on + timedelta(days=chance.randrange(120)))  # fmt: skip


@pytest.mark.parametrize("rubric", [load(one) for one in available()], ids=lambda one: one.id)
def test_days_that_are_carried_say_what_they_say_for_themselves(rubric, monkeypatch):
    [chance] = map(Random, [rubric.id])
    told, who = evidence(world(chance, rubric)), subjects(*NAMES)
    found = score(told, who, days(*DAYS), rubric)
    moved = changes(told, who, days(*DAYS), rubric).moved.mean()
    monkeypatch.setattr("scoring.score.changes", lambda *some: changes(*some).every)
    every = score(told, who, days(*DAYS), rubric)

    assert 0.05 < moved < 0.95
    for name, frame in vars(every).items():
        assert getattr(found, name).equals(frame), name


def test_where_nothing_is_told_the_first_day_alone_is_scored():
    assert changes(evidence([]), subjects(*NAMES), days(*DAYS), load("2026.2")).moved.sum() == 5 * len(NAMES)
