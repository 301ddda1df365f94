"""Numbers are rounded as readers do, in Python and in columns alike."""

from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rounding import NOISE_DIGITS, half_up_expr

TABLE = [
    (9.75, 1, 9.8),
    (8.25, 1, 8.3),
    (8.35, 1, 8.4),
    (2.675, 2, 2.68),
    (9.4847, 1, 9.5),
    (9.45, 1, 9.5),
    (9.4499999, 1, 9.4),
    (0.05, 1, 0.1),
    (0.0, 1, 0.0),
    (10.0, 1, 10.0),
    (44.8 / 5, 2, 8.96),
    (0.1 + 0.2 - 0.05, 1, 0.3),
    (8.25 - 1e-12, 1, 8.3),
    (2.675 - 1e-12, 2, 2.68),
    (8.25 - 1e-7, 1, 8.2),
]


@pytest.mark.parametrize(("value", "digits", "rounded"), TABLE)
def test_a_column_is_rounded_like_a_number(value, digits, rounded):
    assert in_a_column([value], digits) == [rounded]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=1, max_size=200), st.sampled_from([1, 2]))
def test_column_and_number_agree_to_the_last_bit(values, digits):
    assert in_a_column(values, digits) == [half_up(value, digits) for value in values]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 1999), min_size=1, max_size=200))
def test_every_tie_goes_up(ties):
    assert in_a_column([tie / 200 for tie in ties], 1) == [(tie + 10) // 20 / 10 for tie in ties]


def test_nothing_stays_nothing():
    assert in_a_column([None, 8.25], 1) == [None, 8.3]


def in_a_column(values: list[float | None], digits: int) -> list[float | None]:
    frame = pl.DataFrame({"value": values}, schema={"value": pl.Float64})
    return frame.select(half_up_expr(pl.col("value"), digits)).to_series().to_list()


def half_up(value, digits):
    """Round one number in decimals, as an independent reader would."""
    return float(Decimal(repr(round(value, NOISE_DIGITS))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
