"""A letter says what it rests on, or what it lacks for the next better one."""

import polars as pl
import pytest

from scoring.confidence import letter, reason


@pytest.mark.parametrize(
    ("coverage", "measured", "half_width", "name"),
    [
        (0.9, 0.6, 0.3, "A"),
        (0.89, 0.6, 0.3, "B"),
        (0.9, 0.59, 0.3, "B"),
        (0.9, 0.6, 0.31, "B"),
        (0.75, 0.4, 0.5, "B"),
        (0.74, 1.0, 0.0, "C"),
        (1.0, 0.39, 0.0, "C"),
        (1.0, 1.0, 0.51, "C"),
    ],
)
def test_a_letter_takes_coverage_measurement_and_a_narrow_interval(coverage, measured, half_width, name):
    row = {"coverage": coverage, "measured_share": measured, "lo": 5.0, "hi": 5.0 + 2 * half_width}

    assert pl.DataFrame([row]).select(letter()).item() == name


@pytest.mark.parametrize(
    ("name", "told", "says"),
    [
        (
            "A",
            (1.0, 0.75, 5, 5.4),
            "coverage 100%, measured 75% (a fact on a watched repository by half), half of the range 0.20",
        ),
        (
            "B",
            (0.8, 0.5, 5, 5.4),
            "for A it lacks: coverage 80% of 90%; measured 50% of 60% (a fact on a watched repository by half)",
        ),
        (
            "C",
            (1.0, 0.0, 5, 6.4),
            "for B it lacks: measured 0% of 40% (a fact on a watched repository by half); half of the range is 0.70, not 0.5",
        ),
    ],
)
def test_a_letter_has_a_reason(name, told, says):
    assert reason(name, *told) == says


@pytest.mark.parametrize(
    ("name", "told", "says"),
    [
        ("B", (0.8999, 0.9, 5, 5.4), "for A it lacks: coverage 89% of 90%"),
        ("B", (0.9, 0.5999, 5, 5.4), "for A it lacks: measured 59% of 60% (a fact on a watched repository by half)"),
        ("B", (0.9, 0.9, 5, 5.6002), "for A it lacks: half of the range is 0.31, not 0.3"),
    ],
)
def test_what_is_lacked_is_never_rounded_to_what_is_asked(name, told, says):
    assert reason(name, *told) == says
