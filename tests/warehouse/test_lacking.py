"""The days without an answer are the same whether cells are looked at in parts or at once, and those that were not told."""

import random
from datetime import date, datetime, timedelta

import pytest

from catalog.metric import METRICS
from catalog.observation import Reason
from tests.warehouse.builders import bring
from warehouse import gaps
from warehouse.gaps import Expected, lacking

FIRST = date(2026, 3, 1)
SUBJECTS = ("jax", "flax", "keras", "torch")
NAMES = ("github.stars", "github.forks", "pypi.downloads_30d")


@pytest.mark.parametrize("at_once", [1, 40, 10**6])
def test_what_is_lacking_is_what_was_expected_and_has_no_answer(warehouse, monkeypatch, at_once):
    monkeypatch.setattr(gaps, "CELLS_AT_ONCE", at_once)
    chance = random.Random(7)  # noqa: S311 - figures, not secrets
    expected = [
        Expected(subject, name, first := FIRST + timedelta(days=chance.randrange(9)), first + timedelta(days=11))
        for subject in SUBJECTS
        for name in NAMES
        if (subject, name) != ("torch", "github.forks")
    ]
    told = {
        (subject, name): set(chance.sample(range(20), chance.choice([0, 0, 5, 20]))) for subject, name, *_ in expected
    }
    silent = {cell: set(chance.sample(range(20), 3)) for cell in told}
    for (subject, name), days in told.items():
        bring(warehouse, *(METRICS[name].of(subject, moment(day, 5), 7.0) for day in days))
        bring(
            warehouse,
            *(METRICS[name].missing(subject, moment(day, 6), Reason.NOT_FOUND) for day in silent[subject, name]),
            at=1,
        )

    found = lacking(warehouse, expected)

    assert found == {
        (subject, name): left
        for subject, name, first, last in sorted(expected)
        if (
            left := tuple(day for day in midnights(first, last) if (day.date() - FIRST).days not in told[subject, name])
        )
    }
    assert list(found) == sorted(found)
    assert len(found) < len(expected)


def test_nothing_is_lacking_where_nothing_is_expected(warehouse):
    assert lacking(warehouse, []) == {}


def moment(day: int, hour: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, hour) + timedelta(days=day)


def midnights(first: date, last: date) -> list[datetime]:
    start = datetime(first.year, first.month, first.day)
    return [start + timedelta(days=number) for number in range((last - first).days + 1)]
