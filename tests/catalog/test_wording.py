"""Values are said as people say them, with their units."""

import pytest

from catalog.wording import in_percent, in_words, many, some


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "share", "-"),
        (77_000, "accounts", "77,000 accounts"),
        (18_600_000, "downloads", "18.6 million downloads"),
        (1, "repositories", "1 repository"),
        (0.78, "share", "78 %"),
        (0.0887, "share", "8.9 %"),
        (0, "probability", "0 %"),
        (4, "weeks", "4 weeks"),
        (1.5, "weeks", "1.5 weeks"),
        (1, "weeks", "1 week"),
        (0.4, "days", "less than a day"),
        (0, "days", "0 days"),
        (1110, "days", "3.0 years"),
        (5, "hours", "5 hours"),
        (96, "hours", "4 days"),
        (2, "clouds of 3", "2 of 3 clouds"),
        (3, "level 0-4", "good"),
        (1, "0 or 1", "present"),
        (0, "state 0-4", "retired"),
        (0.745, "speed relative to reference", "0.745 times the reference speed"),
        (5, "percentage points/year", "+5 percentage points a year"),
        (0.6931471805599453, "1/year", "+100 % a year"),
        (195, "ppm", "195 in a million"),
    ],
)
def test_a_value_is_said_with_its_unit(value, unit, text):
    assert in_words(value, unit) == text


@pytest.mark.parametrize(
    ("names", "told"),
    [([], ""), (["a", "b", "a"], "a, b"), (["a", "b", "c"], "a, b and 1 more"), ("x" * 9, "x")],
)
def test_of_very_many_names_a_few_are_told(names, told):
    assert some(names, most=2) == told


@pytest.mark.parametrize(
    ("number", "noun", "told"),
    [(0, "rows", "0 rows"), (1, "rows", "1 row"), (1, "repositories", "1 repository"), (1_200, "cells", "1,200 cells")],
)
def test_one_thing_is_told_as_one(number, noun, told):
    assert many(number, noun) == told


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (1.0, "identities", "1 person"),
        (1.0, "commits/week", "1 commit a week"),
        (1.0, "pushes", "1 push"),
        (1.0, "speed relative to reference", "the reference speed"),
        (1.0, "percentage points/year", "+1 percentage point a year"),
        (-1.0, "percentage points/year", "-1 percentage point a year"),
        (2.0, "identities", "2 people"),
    ],
)
def test_one_is_told_as_one(value, unit, told):
    assert in_words(value, unit) == told


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (999.7, "ppm", "1,000 in a million"),
        (0.769, "commits/week", "0.769 commits a week"),
        (1_234_600_000.0, "downloads", "1,230 million downloads"),
        (999_999_999.0, "downloads", "1,000 million downloads"),
    ],
)
def test_no_number_is_told_in_powers_of_ten(value, unit, told):
    assert in_words(value, unit) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [(1.0, "100%"), (1 - 1e-12, "100%"), (0.998, "over 99%"), (0.96, "96%"), (0.004, "under 1%"), (0.0, "0%")],
)
def test_what_is_not_whole_is_not_told_as_whole(share, told):
    assert in_percent(share) == told
