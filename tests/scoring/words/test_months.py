"""Twelve months end with the day; words last along them, changes are measured against the interval."""

from datetime import datetime

import pytest

from scoring.score import score
from scoring.words.months import SPEED, courses, last_change, months_to
from scoring.words.trend import Change, Trend, change
from tests.scoring.builders import RUBRIC, card, days, evidence, subjects

APRIL = datetime(2024, 4, 1)


def test_months_end_with_the_day_and_keep_its_number_where_the_month_has_it():
    found = months_to(datetime(2024, 3, 31))

    assert len(found) == 12
    assert found[-3:] == [datetime(2024, 1, 31), datetime(2024, 2, 29), datetime(2024, 3, 31)]
    assert found[0] == datetime(2023, 4, 30)


def test_a_word_lasts_over_a_month_in_which_the_score_just_crosses():
    told = evidence([*card(8.2, on=datetime(2024, 3, 25)), *card(8.4, on=datetime(2024, 4, 25))])
    course = courses(
        score(told, subjects("alpha"), days(APRIL, datetime(2024, 5, 1)), RUBRIC), "alpha", is_monotone=False
    )

    assert course["ecosystem"].word == "Solid"
    assert course["ecosystem"].months == pytest.approx((8.2, 8.4))
    assert course[SPEED].trend == Trend(None, 2)


def test_a_withheld_month_is_a_gap_in_the_course():
    told = evidence(card(8, on=datetime(2024, 4, 25)))
    course = courses(
        score(told, subjects("alpha"), days(APRIL, datetime(2024, 5, 1)), RUBRIC), "alpha", is_monotone=False
    )

    assert course[SPEED].months[0] is None
    assert course["ecosystem"].months[0] is None
    assert last_change(course[SPEED], 7.9, 8.1) is None


@pytest.mark.parametrize(
    ("monthly", "found"),
    [
        ([6.0, 6.5], Change(6.0, 6.5, 0.25)),
        ([5.0, 6.0, 6.5], Change(6.0, 6.5, 0.25)),
        ([None, 6.5], None),
        ([6.5, None], None),
        ([6.5], None),
        ([], None),
    ],
)
def test_a_change_is_from_the_month_before(monthly, found):
    assert change(monthly, 6.25, 6.75) == found


@pytest.mark.parametrize(("after", "is_material"), [(6.24, False), (6.25, True), (5.75, True), (5.76, False)])
def test_a_change_is_material_from_half_of_the_interval_on(after, is_material):
    assert Change(6.0, after, 0.25).is_material is is_material
