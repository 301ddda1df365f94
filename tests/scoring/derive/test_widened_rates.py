"""Rates of small projects: the cohort widens until it holds twenty issues, and a dead project stands at the floor."""

from datetime import timedelta

import polars as pl
import pytest

from scoring.derive.issue_rates import DAY, rates
from scoring.derive.widened_rates import CLOSE, FLOOR, MEDIAN, WIDENED, widened_rates
from tests.scoring.derive.test_issue_rates import MAY_DAY, born, issue_frame


def told(*issues: dict, quiet: frozenset[str] = frozenset()) -> dict[str, tuple[float | None, int]]:
    found = widened_rates(issue_frame(list(issues)), [MAY_DAY], quiet=quiet)
    return {row["metric"]: (row["value"], row["n"]) for row in found.to_dicts()}


def test_twenty_issue_frame_ninety_days_give_what_the_plain_rate_gives():
    issues = [born(60, closed=10)] * 8 + [born(70)] * 12
    plain = rates(issue_frame(issues), [MAY_DAY]).filter(metric=CLOSE)["value"].item()

    assert told(*issues)[WIDENED[CLOSE]] == (pytest.approx(plain), 20)


@pytest.mark.parametrize(("age", "n"), [(100, 20), (170, 20), (181, 20), (360, 20), (366, 19)])
def test_nineteen_issues_are_joined_by_the_older_ones(age, n):
    found = told(*[born(60, closed=10)] * 19, born(age, closed=3))

    assert found[WIDENED[CLOSE]] == ((pytest.approx(1.0), n) if n == 20 else (None, 19))


def test_a_median_that_was_not_reached_is_marked_by_how_long_it_was_watched():
    value, n = told(*[born(60)] * 25)[WIDENED[MEDIAN]]

    assert (value, n) == (pytest.approx(60 * 24), 25)


def test_without_an_issue_in_a_year_a_dead_project_stands_at_the_floor_and_a_living_one_tells_nothing():
    old = born(500, closed=3)

    assert told(old)[WIDENED[CLOSE]] == (None, 0)
    assert told(old, quiet=frozenset({"jax"})) == {WIDENED[name]: (floor, 0) for name, floor in FLOOR.items()}


def test_each_day_has_its_own_window():
    days = [MAY_DAY, MAY_DAY - timedelta(days=50)]
    found = widened_rates(issue_frame([born(40, closed=1)] * 20 + [born(120, closed=1)] * 20), days)
    counts = dict(found.filter(pl.col("metric") == WIDENED[CLOSE]).select("day", "n").iter_rows())

    assert counts == {days[0]: 20, days[1]: 20}


def test_rates_that_are_known_already_are_not_estimated_again(monkeypatch):
    few, days = issue_frame([born(40, closed=1)] * 20 + [born(120, closed=1)] * 20), [MAY_DAY, MAY_DAY - timedelta(60)]
    afresh, told = widened_rates(few, days), rates(few, days)
    windows: list[int] = []

    def seen(*asked):
        windows.append(asked[-1])
        return rates(*asked)

    monkeypatch.setattr("scoring.derive.widened_rates.rates", seen)

    assert widened_rates(few, days, told=told).equals(afresh)
    assert 90 * DAY not in windows
