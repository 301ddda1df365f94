"""Stars of a past day: a count less what was given since; a day that is missing in between leaves it unsaid."""

from datetime import datetime, timedelta

import polars as pl

from catalog.metric import METRICS
from tests.warehouse.builders import LEARNED, bring
from warehouse.exchange import registered
from warehouse.query import statement

TODAY = datetime(2026, 6, 1)
SNAPSHOT = METRICS["github.stars"].of("jax", TODAY + timedelta(hours=2), 100)
SO_FAR_TODAY = METRICS["github.stars_gained_today"].of("jax", TODAY, 4)


def test_each_day_has_the_count_less_what_was_given_since(warehouse):
    bring(warehouse, SNAPSHOT, SO_FAR_TODAY, given(1, 7), given(2, 9), given(3, 20))

    assert told(warehouse, 1, 2, 3) == {1: 89, 2: 80, 3: 60}


def test_days_before_a_hole_are_not_told(warehouse):
    bring(warehouse, SNAPSHOT, SO_FAR_TODAY, given(1, 7), given(3, 20), given(4, 1))

    assert told(warehouse, 1, 2, 3, 4) == {1: 89}


def test_without_a_count_of_the_same_hour_nothing_is_told(warehouse):
    bring(warehouse, SO_FAR_TODAY, given(1, 7), at=0)
    bring(warehouse, SNAPSHOT, at=5)

    assert told(warehouse, 1) == {}


def given(days_ago, stars):
    return METRICS["github.stars_gained_1d"].of("jax", TODAY - timedelta(days=days_ago), stars)


def told(warehouse, *days_ago):
    """Return the derived stars of these days by how long ago they were."""
    days = [TODAY - timedelta(days=number) for number in days_ago]
    wanted = pl.DataFrame({"subject": ["jax"] * len(days), "day": days})
    with registered(warehouse, wanted=wanted):
        stamp = {"known_at": LEARNED + timedelta(days=1), "run_id": "past"}
        warehouse.execute(statement("derive_past_stars"), stamp)
    found = warehouse.sql("select valid_at, value from observation where method = 'reconstructed'").fetchall()
    return {(TODAY - day).days: value for day, value in found}
