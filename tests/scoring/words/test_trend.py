"""A trend is said of at least six months, and only where its interval leaves no doubt."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.words.trend import trend


@pytest.mark.parametrize(
    ("monthly", "word"),
    [
        pytest.param([5.0 + step / 10 for step in range(12)], "growing", id="up"),
        pytest.param([5.0 - step / 10 for step in range(12)], "declining", id="down"),
        pytest.param([5.0] * 12, "stable", id="flat"),
        pytest.param([5.0, 5.4, 4.9, 5.3, 5.1, 5.2, 5.0, 5.4, 4.8, 5.3, 5.2, 5.1], "stable", id="noise"),
        pytest.param([5.0] * 11 + [9.0], "stable", id="one leap"),
    ],
)
def test_a_series_has_its_word(monthly, word):
    assert trend(monthly).word == word


def test_fewer_than_six_months_have_no_word():
    assert trend([5.0, None, 5.2, 5.3, None, 5.4, 5.5]).word is None
    assert trend([5.0, None, 5.2, 5.3, None, 5.4, 5.5]).points == 5
    assert trend([]).word is None


def test_six_months_without_an_exception_are_enough():
    assert trend([5.0, 5.1, None, 5.2, 5.3, None, 5.4, 5.5]).word == "growing"


def test_the_slope_is_in_points_a_year_and_a_missing_month_does_not_shorten_it():
    assert trend([5.0 + step / 10 for step in range(12)]).slope == pytest.approx(1.2)
    assert trend([5.0, 5.1, 5.2, None, None, 5.5, 5.6, 5.7]).slope == pytest.approx(1.2)


def test_the_interval_leaves_as_many_slopes_outside_as_kendall_allows():
    """Of ten points Kendall's S has a standard deviation of sqrt(125): of 45 slopes ten lie outside at either end."""
    monthly = [2, 1, 4, 3, 6, 5, 8, 7, 10, 9]
    found = trend(monthly)

    slopes = sorted(12 * (monthly[then] - monthly[now]) / (then - now) for then in range(10) for now in range(then))
    assert (found.lo, found.hi) == pytest.approx((slopes[10], slopes[34]))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=6, max_size=12))
def test_turned_round_a_series_goes_the_other_way(monthly):
    there, back = trend(monthly), trend(monthly[::-1])
    other = {"growing": "declining", "declining": "growing", "stable": "stable"}

    assert back.word == other[there.word]
    assert there.lo <= there.slope <= there.hi


def test_noise_alone_is_called_a_trend_about_one_time_in_twenty():
    chance = Random(1)  # noqa: S311 - a fixed series, not a secret
    words = [trend([chance.gauss(5, 1) for _ in range(12)]).word for _ in range(2_000)]

    assert 0.02 < 1 - words.count("stable") / len(words) < 0.07
