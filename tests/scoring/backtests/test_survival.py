"""Survival backtests: exact areas, honest ends, projects that cannot be told left out, the days that recordings allow."""

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.backtests.survival import COUNTS, Start, auc, outcomes, partial_ecosystem, starts, survival
from scoring.rubric_files import load

START = Start(date(2021, 1, 1), date(2021, 7, 2), date(2022, 1, 1), date(2023, 7, 1), date(2024, 1, 1))
DAYS = (START.year_ago, START.half_year_ago, START.day, START.outcome_from, START.outcome_to)
PLAIN = {"stars": (90, 95, 100, 110, 120), "forks": (9, 9, 10, 11, 12), "contributors": (4, 4, 5, 6, 7),
         "commits": (50, 74, 100, 150, 160), "closed": (60,) * 5, "open": (40,) * 5, "push": (1, 2, 3, 4, 5)}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "lives", "area"),
    [
        pytest.param([1, 2, 3, 4], [False, False, True, True], 1.0, id="told apart"),
        pytest.param([4, 3, 2, 1], [False, False, True, True], 0.0, id="the wrong way round"),
        pytest.param([1, 1, 1, 1], [False, True, False, True], 0.5, id="all equal"),
        pytest.param([1, 2, 2, 3], [False, False, True, True], 0.875, id="a tie counts half"),
    ],
)
def test_the_area_is_how_often_a_survivor_has_more(values, lives, area):
    assert auc("signal", pl.Series(values), pl.Series(lives)).auc == area


def test_the_ends_are_those_of_hanley_and_mcneil():
    chance = Random(4)  # noqa: S311 - a fixed sample, not a secret
    lives = [chance.random() < 0.7 for _ in range(400)]
    values = [chance.gauss(0.8 if one else 0, 1) for one in lives]

    found = auc("signal", pl.Series(values), pl.Series(lives))

    assert found.lo < 0.714 < found.hi  # the area of two normals 0.8 apart is 0.714
    assert 0.03 < found.auc - found.lo < 0.07
    assert (found.lived, found.died) == (sum(lives), 400 - sum(lives))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4, max_size=40))
def test_the_area_is_that_of_counting_all_pairs(pairs):
    lived, died = ([value for value, lives in pairs if lives is which] for which in (True, False))
    if not lived or not died:
        return
    counted = sum((a > b) + (a == b) / 2 for a in lived for b in died) / (len(lived) * len(died))

    found = auc("signal", pl.Series([value for value, _ in pairs]), pl.Series([lives for _, lives in pairs]))

    assert found.auc == pytest.approx(counted, abs=1e-4)


def test_a_project_lives_where_commits_came_in_between_the_last_two_days():
    found = known(alive={}, dead={"commits": (50, 74, 100, 150, 150)})

    assert dict(found.select("subject", "lives").iter_rows()) == {"alive": True, "dead": False}


def test_a_project_that_was_dead_before_is_not_forecast():
    assert known(dead={"commits": (100,) * 5}).is_empty()


def test_a_project_that_is_not_known_at_all_days_is_left_out():
    assert known(young={"stars": (None, 95, 100, 110, 120)}).is_empty()
    assert known(gone={"commits": (50, 74, 100, None, None)}).is_empty()


def test_flows_are_per_week_and_per_year():
    [row] = known(alive={}).to_dicts()

    assert row["commits_week"] == pytest.approx(26 * 7 / 183)
    assert row["stars_gained"] == 10
    assert row["ever_closed"] == 0.6


def test_a_rubric_judges_the_signals_as_it_judges_frameworks():
    found = known(alive={}, large={name: tuple(1_000 * one for one in row) for name, row in PLAIN.items()})

    for rubric in ("2024.1", "2026.1"):
        alive, large = partial_ecosystem(found, START.day, load(rubric))
        assert 0 <= alive < large <= 10


def test_every_signal_and_rubric_is_tried():
    found = survival(known(alive={}, dead={"commits": (50, 74, 100, 150, 150)}), START.day, {"2024.1": load("2024.1")})

    assert [one.signal for one in found][-2:] == ["ever_closed", "ecosystem 2024.1"]
    assert all((one.lived, one.died) == (1, 1) for one in found)


def test_a_forecast_takes_days_a_year_before_and_two_years_after():
    assert starts(DAYS) == [START]
    assert starts(DAYS[:-1]) == []
    assert starts(DAYS[1:]) == []
    assert starts([]) == []


def known(**projects) -> pl.DataFrame:
    rows = [
        {"subject": name, "metric": COUNTS[count], "day": day, "value": value}
        for name, changed in projects.items()
        for count, values in (PLAIN | changed).items()
        for day, value in zip(DAYS, values, strict=True)
    ]
    schema = {"subject": pl.String, "metric": pl.String, "day": pl.Date, "value": pl.Float64}
    return outcomes(pl.DataFrame(rows, schema=schema), START)
