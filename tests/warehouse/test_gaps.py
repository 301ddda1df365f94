"""A gap is a cell whose newest question found no answer; what a later night brings for it has answered it."""

from datetime import datetime, timedelta

import duckdb
import pytest

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from tests.warehouse.builders import JAX
from warehouse.frame import frame
from warehouse.land import Run, land

DOWNLOADS = METRICS["pypi.downloads_30d"]
FOLLOWED = Catalog(subjects=(JAX,), has_history=False)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = datetime(2026, 11, 1, 2)


@pytest.mark.parametrize("lag", [timedelta(0), DAY])
def test_a_later_night_that_is_told_of_a_day_before_closes_the_gap(warehouse, lag):
    bring(warehouse, "nightly", FIRST, silent(FIRST))
    assert gaps(warehouse) == [(FIRST, "schema_changed")]

    later = FIRST + lag + 4 * HOUR
    bring(warehouse, "nightly", later, counted(later - lag))

    assert gaps(warehouse) == []


def test_a_later_night_without_an_answer_leaves_it_open(warehouse):
    bring(warehouse, "nightly", FIRST, counted(FIRST))
    for number in (1, 2):
        bring(warehouse, "nightly", FIRST + number * DAY, silent(FIRST + number * DAY))

    assert gaps(warehouse) == [(FIRST + 2 * DAY, "schema_changed")]


def test_an_older_day_that_the_same_night_counts_answers_nothing(warehouse):
    bring(warehouse, "nightly", FIRST, silent(FIRST), counted(FIRST - 3 * DAY))

    assert gaps(warehouse) == [(FIRST, "schema_changed")]


@pytest.mark.parametrize("kind", ["heal", "backfill", "import"])
def test_an_older_day_that_is_fetched_later_answers_nothing(warehouse, kind):
    bring(warehouse, "nightly", FIRST, silent(FIRST))
    bring(warehouse, kind, FIRST + HOUR, counted(FIRST - 3 * DAY))

    assert gaps(warehouse) == [(FIRST, "schema_changed")]


# --- builders ---


def silent(at: datetime) -> Observation:
    return DOWNLOADS.missing("jax", at, Reason.SCHEMA_CHANGED)


def counted(at: datetime) -> Observation:
    """Return the downloads up to the midnight before."""
    return DOWNLOADS.of("jax", at.replace(hour=0), 300, method="exact")


def bring(warehouse: duckdb.DuckDBPyConnection, kind: str, at: datetime, *found: Observation) -> None:
    land(warehouse, frame(found), FOLLOWED, Run(f"{kind}-{at:%m%dT%H}", kind, at, at + timedelta(minutes=5), "1"))


def gaps(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[datetime, str]]:
    return warehouse.sql("select valid_at, reason from gap").fetchall()
