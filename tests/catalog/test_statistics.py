"""Statistics that several rooms share."""

import pytest

from catalog.statistics import chapman, weighted_mean


def test_what_two_lists_find_tells_how_many_there_are():
    assert chapman(200, 100, 20) == (
        pytest.approx(201 * 101 / 21 - 1),
        pytest.approx(625.496, abs=1e-3),
        pytest.approx(1305.932, abs=1e-3),
    )
    assert chapman(50, 50, 50) == (50, 50, 50)
    assert chapman(0, 0, 0) == (0, 0, 0)


def test_the_lower_end_is_never_below_what_was_seen():
    total, lo, hi = chapman(30, 30, 29)

    assert lo == 31
    assert total <= hi


def test_a_weighted_mean_of_shares_adds_independent_errors():
    value, lo, hi = weighted_mean([(0.8, 0.7, 0.9), (0.6, 0.5, 0.7)], [0.5, 0.3])

    assert value == pytest.approx(0.725)
    assert value - lo == pytest.approx(0.1 * (0.625**2 + 0.375**2) ** 0.5)
    assert hi - value == pytest.approx(value - lo)
    assert weighted_mean([(1.0, 0.9, 1.0)], [0.5]) == (1.0, pytest.approx(0.9), 1.0)
