"""A value becomes a mark from 0 to 10 between fixed goalposts."""

import math
from datetime import datetime

import polars as pl
import pytest

from catalog.metric import METRICS
from scoring.normalise import mark
from scoring.rubric_files import load

RUBRIC = load("2024.1")
INF = math.inf


@pytest.mark.parametrize(
    ("norm", "lo", "hi", "value", "expected"),
    [
        pytest.param("log", 100, 100_000, 77_000, 9.6216, id="log, between the goalposts"),
        pytest.param("log", 100, 100_000, 100, 0.0, id="log, at the floor"),
        pytest.param("log", 100, 100_000, 100_000, 10.0, id="log, at full marks"),
        pytest.param("log", 100, 100_000, 5_000_000, 10.0, id="log, beyond full marks"),
        pytest.param("log", 100, 100_000, 99, 0.0, id="log, below the floor"),
        pytest.param("log", 100, 100_000, 0, 0.0, id="log, zero"),
        pytest.param("log", 100, 100_000, -5, 0.0, id="log, negative"),
        pytest.param("log", 100, 100_000, INF, 10.0, id="log, infinite"),
        pytest.param("log", 16, 1, 2, 7.5, id="log, less is better"),
        pytest.param("log", 16, 1, 0, 10.0, id="log, less is better, zero"),
        pytest.param("log", 16, 1, 99, 0.0, id="log, less is better, too much"),
        pytest.param("linear", 0.0, 0.9, 0.8, 8.8889, id="linear, between the goalposts"),
        pytest.param("linear", -5, 5, 0, 5.0, id="linear, zero is a value"),
        pytest.param("linear", -5, 5, -7, 0.0, id="linear, below"),
        pytest.param("linear", 0, 0.75, 0.78, 10.0, id="linear, beyond full marks"),
        pytest.param("linear", 10, 0, 2.5, 7.5, id="linear, less is better"),
        pytest.param("linear", 0, 1, INF, 10.0, id="linear, infinite"),
        pytest.param("linear", 0, 1, -INF, 0.0, id="linear, minus infinite"),
        pytest.param("ordinal", 0, 4, 0, 0.0, id="none"),
        pytest.param("ordinal", 0, 4, 1, 2.5, id="limited"),
        pytest.param("ordinal", 0, 4, 2, 5.0, id="fair"),
        pytest.param("ordinal", 0, 4, 3, 7.5, id="good"),
        pytest.param("ordinal", 0, 4, 4, 10.0, id="excellent"),
        pytest.param("ordinal", 0, 4, 9, 10.0, id="ordinal, beyond the levels"),
        pytest.param("ordinal", 0, 4, -1, 0.0, id="ordinal, below the levels"),
        pytest.param("ordinal", 0, 4, INF, 10.0, id="ordinal, infinite"),
    ],
)
def test_a_value_earns_its_mark(norm, lo, hi, value, expected):
    assert marked(norm, lo, hi, value) == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("norm", ["log", "linear", "ordinal"])
def test_no_value_earns_no_mark(norm):
    assert marked(norm, 1, 4, None) is None


def test_a_tenfold_is_worth_three_and_a_third():
    assert marked("log", 100, 100_000, 10_000) - marked("log", 100, 100_000, 1_000) == pytest.approx(10 / 3)


@pytest.mark.parametrize("value", [math.nan, INF, -INF])
def test_what_is_not_a_finite_number_is_never_observed(value):
    with pytest.raises(ValueError, match=r"github\.stars of alpha: .* is not a finite number"):
        METRICS["github.stars"].of("alpha", datetime(2024, 5, 1), value)


def marked(norm: str, lo: float, hi: float, value: float | None) -> float | None:
    schema = {"norm": pl.String, "lo": pl.Float64, "hi": pl.Float64, "value": pl.Float64}
    row = pl.DataFrame([(norm, lo, hi, value)], schema=schema, orient="row")
    return row.select(mark(pl.col("value"), RUBRIC)).item()
