"""How fresh sources are and what they lack is told the same, whether subjects are looked at in parts or together."""

from datetime import datetime, timedelta

import pytest

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.observation import Reason
from catalog.subject import Subject
from tests.warehouse.builders import bring
from warehouse.freshness import first_gaps, freshness

NIGHT = datetime(2026, 11, 1, 2)
NAMES = tuple("edcba")
STARS, FORKS, DOWNLOADS = (METRICS[name] for name in ("github.stars", "github.forks", "pypi.downloads_30d"))
AT_ONCE = pytest.mark.parametrize("at_once", [1, 2, 3, 5, 400])


@AT_ONCE
def test_each_source_has_its_newest_value_its_values_and_its_missing_cells_with_every_reason(
    told, monkeypatch, at_once
):
    monkeypatch.setattr("warehouse.freshness.SUBJECTS_AT_ONCE", at_once)

    assert [tuple(row.values()) for row in freshness(told)] == [
        ("github", NIGHT + timedelta(days=3), 4, 6, "not_found, unreachable"),
        ("pypi", NIGHT + timedelta(days=4), 5, 0, None),
    ]


@AT_ONCE
def test_the_first_gaps_are_those_first_by_name(told, monkeypatch, at_once):
    monkeypatch.setattr("warehouse.freshness.SUBJECTS_AT_ONCE", at_once)

    found = [(row["subject"], row["metric"]) for row in first_gaps(told, 4)]
    assert found == [("a", "github.forks"), ("a", "github.stars"), ("b", "github.forks"), ("c", "github.forks")]


def test_an_empty_warehouse_has_neither(warehouse):
    assert (freshness(warehouse), first_gaps(warehouse, 4)) == ([], [])


# --- five subjects: all lack forks for two reasons, one lacks stars as well, all have downloads ---


@pytest.fixture
def told(warehouse):
    observations = []
    for number, name in enumerate(NAMES):
        day = NIGHT + timedelta(days=number)
        reason = Reason.UNREACHABLE if number % 2 else Reason.NOT_FOUND
        stars = STARS.missing(name, day, Reason.UNREACHABLE) if name == "a" else STARS.of(name, day, 100)
        observations += [stars, FORKS.missing(name, day, reason), DOWNLOADS.of(name, day, 7)]
    followed = Catalog(
        subjects=tuple(Subject(id=one, name=one, kind="framework", github=f"many/{one}") for one in NAMES),
        has_history=False,
    )
    bring(warehouse, *observations, catalog=followed)
    return warehouse
