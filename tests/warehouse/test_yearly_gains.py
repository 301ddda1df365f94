"""What a counter gained in a year, from its dated counts: good counts only, a year apart, never below zero."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from catalog.metric import METRICS
from collectors.trackers import best_of
from collectors.trackers.tracker import Told
from tests.warehouse.builders import bring, held, learned, one, stars, week, weeks

NEW_STARS, NEW_PEOPLE = "github.stars_new_365d", "github.contributors_new_365d"
NOW = datetime(2026, 11, 22)
DATED = {"method": "archived", "source": "tracker"}
EXCERPT = "github_snapshots/best_of_ml_python/framework_rows_2020-11_to_2023-12.csv"
YEAR_FROM_WEEK_0 = 365 / 7


def counts(*values: tuple[float, float | None], **more):
    return [stars(value, at, **{**DATED, **more}) for at, value in values]


def gains(warehouse, metric: str = NEW_STARS) -> list[tuple[datetime, float | None, str]]:
    query = f"select valid_at, value, status from observation_current where metric = '{metric}' order by valid_at"
    return warehouse.sql(query).fetchall()


def test_two_counts_a_year_apart_tell_what_was_gained(warehouse):
    bring(warehouse, *counts((0, 100), (52, 130)))

    query = f"select value, n, method, source, status, definition, unit from observation where metric = '{NEW_STARS}'"
    assert warehouse.sql(query).fetchall() == [
        (30, 364, "reconstructed", "tracker", "derived", "stars_new@counts", "accounts")
    ]


def test_people_are_told_alike(warehouse):
    bring(warehouse, *counts((0, 100), (52, 130), metric="github.contributors"))

    query = f"select value, definition, unit from observation where metric = '{NEW_PEOPLE}'"
    assert warehouse.sql(query).fetchall() == [(30, "contributors_new@counts", "identities")]


@pytest.mark.parametrize(("days", "is_told"), [(357, False), (358, True), (372, True), (373, False)])
def test_a_year_may_be_a_week_off_and_no_more(warehouse, days, is_told):
    bring(warehouse, *counts((0, 100), (days / 7, 130)))

    assert bool(gains(warehouse)) is is_told


def test_of_several_counts_the_one_nearest_to_a_year_before_counts(warehouse):
    bring(warehouse, *counts((-0.5, 90), (0, 100), (0.5, 103), (YEAR_FROM_WEEK_0, 130)))

    assert [value for _, value, _ in gains(warehouse)] == [30]


def test_counts_of_two_trackers_are_never_mixed(warehouse):
    bring(warehouse, *counts((0, 100)), *counts((52, 130), source="another"))

    assert gains(warehouse) == []


def test_a_fall_says_nothing_and_is_no_zero(warehouse):
    bring(warehouse, *counts((0, 100), (52, 98)))

    assert gains(warehouse) == [(week(52), None, "missing")]


def test_a_count_that_is_missing_or_held_back_tells_nothing(warehouse):
    bring(warehouse, *counts((0, None), (1, 100), (52, 130), (53, 60), (54, 131)))

    assert held(warehouse) == [60]
    assert gains(warehouse) == [(week(54), 31, "derived")]


def test_a_level_that_shifted_in_between_says_nothing(warehouse):
    bring(warehouse, *counts((0, 1e5), (40, 9e4), (41, 9e4), (42, 9e4), (43, 9e4), (52, 1.3e5), (95, 1.4e5)))

    assert gains(warehouse) == [(week(52), None, "missing"), (week(95), 50_000, "derived")]


def test_what_was_told_from_a_count_that_is_held_back_later_is_withdrawn(warehouse):
    bring(warehouse, *counts((0, 100), (52, 130)), at=0)
    bring(warehouse, *counts((51.5, 200)), at=1)

    assert held(warehouse) == [130]
    assert gains(warehouse) == [(week(51.5), 100, "derived"), (week(52), None, "missing")]
    known = f"from metric_as_of('{week(53)}', '{learned(0)}') where metric = '{NEW_STARS}'"
    assert one(warehouse, f"select value {known}") == 30


def test_landing_the_same_counts_twice_tells_once(warehouse):
    bring(warehouse, *counts((0, 100), (52, 130)), at=0)

    assert bring(warehouse, *counts((0, 100), (52, 130)), at=1).observations == 0
    assert len(gains(warehouse)) == 1


def test_a_late_count_of_the_year_before_tells_of_the_day_it_belongs_to(warehouse):
    bring(warehouse, *counts((52, 130)), at=0)
    bring(warehouse, *counts((0, 100)), at=1)

    assert gains(warehouse) == [(week(52), 30, "derived")]


def test_a_shift_that_later_counts_explain_is_taken_back_and_the_gain_is_told(warehouse):
    bring(warehouse, *counts((0, 1e5), (40, 9e4), (41, 9e4), (42, 9e4), (43, 9e4), (52, 1.05e5)), at=0)
    assert gains(warehouse) == [(week(52), None, "missing")]
    between = [(weeks_on, 1e5 - 1_000 * number) for number, weeks_on in enumerate((10, 15, 20, 25, 30, 32, 34, 36, 38))]
    bring(warehouse, *counts(*between), at=1)

    assert gains(warehouse) == [(week(52), 5_000, "derived")]
    assert held(warehouse) == []


def test_the_stars_of_a_year_are_told_again_where_a_day_comes_later(warehouse):
    def day(number: int, gained: float):
        return METRICS["github.stars_gained_1d"].of(
            "jax", week(0) + timedelta(days=number), gained, method="exact_retained", source="github"
        )

    bring(warehouse, *(day(number, 2) for number in range(366)), at=0)
    bring(warehouse, *(day(number, 2) for number in range(366, 370)), at=1)
    bring(warehouse, day(3, 9), at=2)

    assert gains(warehouse) == [
        (week(0) + timedelta(days=366), 737, "derived"),
        (week(0) + timedelta(days=370), 730, "derived"),
    ]


def test_nightly_counts_of_stars_leave_the_sum_to_the_star_history(warehouse):
    bring(warehouse, *weeks(0, 100, method="snapshot"), stars(130, 52))

    assert gains(warehouse) == []


def test_five_years_of_trackers_tell_what_a_plain_count_tells(warehouse, recorded, catalog):
    with (recorded / EXCERPT).open(encoding="utf-8", newline="") as lines:
        read = list(best_of.read(csv.DictReader(lines), Path("best-of-ml-python", "framework_rows.csv"), catalog, NOW))
    found = [one for result in read if isinstance(result, Told) for one in result.observations]
    wanted = [one for one in found if one.metric in {"github.stars", "github.contributors"}]
    bring(warehouse, *wanted, catalog=catalog)

    words = warehouse.sql("""
        select subject, metric, valid_at::date, value from observation_current
        where method = 'archived' and status = 'measured'""").fetchall()
    stored = warehouse.sql("""
        select subject, replace(metric, '_new_365d', ''), valid_at::date, value from observation_current
        where method = 'reconstructed' and status = 'derived'""").fetchall()
    assert sorted(stored) == sorted(plainly(words))
    assert len(stored) > 1_000
    assert ("pytorch", "github.stars", date(2023, 12, 28), 73_952 - 61_275) in stored


def plainly(words: list[tuple[str, str, date, float]]) -> list[tuple[str, str, date, float]]:
    """Look for each count's partner day by day, the nearest first."""
    by_day = {(subject, metric, day): value for subject, metric, day, value in words}
    steps = sorted(range(-7, 8), key=abs)
    found = []
    for (subject, metric, day), value in by_day.items():
        keys = ((subject, metric, day - timedelta(days=365 + step)) for step in steps)
        before = next((by_day[key] for key in keys if key in by_day), None)
        if before is not None and value >= before:
            found.append((subject, metric, day, value - before))
    return found
