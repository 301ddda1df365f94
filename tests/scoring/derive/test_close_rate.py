"""The close rate: worked by hand, on a real record, and the same as the frames that score it."""

import csv
from datetime import datetime, timedelta
from statistics import median

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.derive.kaplan_meier import curves
from tests.scoring.oracle import closed_within, kaplan_meier, matured

MAY_DAY = datetime(2026, 5, 1)
DAY = timedelta(days=1)

# --- Kaplan-Meier ---


def test_an_example_worked_by_hand():
    # At 2: 1 of 5 closed. At 5: one more of 4, another is last seen. At 9: 1 of 2. One is open for 40 days.
    rate, variance = kaplan_meier([2, 5, 5, 9, 40], [True, True, False, True, False], at_days=30)

    assert rate == pytest.approx(1 - 4 / 5 * 3 / 4 * 1 / 2)
    assert variance == pytest.approx(0.3**2 * (1 / (5 * 4) + 1 / (4 * 3) + 1 / (2 * 1)))


def test_without_a_censored_issue_it_is_the_plain_share_with_the_binomial_variance():
    durations = [1, 2, 3, 29, 30, 31, 60, 90]

    rate, variance = kaplan_meier(durations, [True] * 8, at_days=30)

    assert rate == pytest.approx(5 / 8)
    assert variance == pytest.approx(5 / 8 * 3 / 8 / 8)


def test_without_a_censored_issue_it_is_the_matured_share():
    issues = [(MAY_DAY - 100 * DAY, MAY_DAY - (100 - after) * DAY) for after in (1, 10, 30, 31, 60)]

    rate, _ = kaplan_meier([(end - start) / DAY for start, end in issues], [True] * 5, at_days=30)

    assert (rate, 5) == pytest.approx(matured(issues, MAY_DAY)) == (3 / 5, 5)


def test_an_open_issue_counts_for_as_long_as_it_was_seen():
    closed_and_young = kaplan_meier([10, 20, 5, 5], [True, True, False, False], at_days=30)
    closed_and_old = kaplan_meier([10, 20, 50, 50], [True, True, False, False], at_days=30)

    assert closed_and_young[0] == pytest.approx(1)
    assert closed_and_old[0] == pytest.approx(1 / 2)


def test_an_issue_last_seen_at_the_moment_of_a_close_was_still_at_risk():
    assert kaplan_meier([5, 5], [True, False], at_days=30)[0] == pytest.approx(1 / 2)


def test_a_close_on_the_last_day_counts_and_one_after_it_does_not():
    assert kaplan_meier([30, 30.001], [True, True], at_days=30)[0] == pytest.approx(1 / 2)


def test_nobody_closed_is_zero_and_everybody_closed_is_one_without_doubt():
    assert kaplan_meier([40, 50], [False, False], at_days=30) == (0, 0)
    assert kaplan_meier([1, 1], [True, True], at_days=30) == (1, 0)


def test_without_an_issue_nothing_is_known():
    assert kaplan_meier([], [], at_days=30) == (None, None)


def test_durations_and_closes_go_in_pairs():
    with pytest.raises(ValueError, match="shorter"):
        kaplan_meier([1, 2], [True], at_days=30)


CASES = st.lists(st.tuples(st.integers(0, 90), st.booleans()), min_size=1, max_size=30)


@settings(deadline=None, max_examples=50)
@given(CASES)
def test_a_rate_lies_between_none_and_all_and_grows_with_the_days(cases):
    durations, closed = zip(*cases, strict=True)

    rates = [kaplan_meier(durations, closed, at_days)[0] for at_days in (0, 7, 30, 90)]

    assert rates == sorted(rates)
    assert 0 <= rates[0] <= rates[-1] <= 1 + 1e-12


@settings(deadline=None, max_examples=50)
@given(CASES)
def test_the_order_of_issues_is_irrelevant(cases):
    there, back = (tuple(zip(*some, strict=True)) for some in (cases, cases[::-1]))

    assert kaplan_meier(*there, 30) == kaplan_meier(*back, 30)


@settings(deadline=None, max_examples=50)
@given(CASES)
def test_the_frames_that_score_it_give_the_same_rate_and_the_same_error(cases):
    durations, closed = zip(*cases, strict=True)
    frame = pl.DataFrame({"cohort": [0] * len(cases), "duration": durations, "is_event": closed})

    rate, variance = kaplan_meier(durations, closed, at_days=30)

    framed = curves(frame, horizon=30).row(0, named=True)
    assert framed["share"] == pytest.approx(rate, abs=1e-12)
    assert framed["se"] ** 2 == pytest.approx(variance, abs=1e-12)


# --- the matured share ---


def test_the_cohort_begins_120_and_ends_30_days_before():
    ages = [120.01, 120, 75, 30.01, 30]

    share, size = matured([(MAY_DAY - age * DAY, None) for age in ages], MAY_DAY)

    assert (share, size) == (0, 3)


def test_without_a_cohort_there_is_no_share():
    assert matured([(MAY_DAY - DAY, None)], MAY_DAY) == (None, 0)


def test_the_thirtieth_day_counts_to_the_second():
    created = [MAY_DAY] * 3
    closed = [MAY_DAY + 30 * DAY, MAY_DAY + 30 * DAY + timedelta(seconds=1), None]

    assert closed_within(created, closed, 30) == 1


# --- a real record ---


def test_the_recorded_times_of_pytorch_come_out_as_they_were_counted(recorded):
    with (recorded / "issues/pytorch_closed_issues_mttf.csv").open(encoding="utf-8") as lines:
        days = [int(row["MTTF"]) for row in csv.DictReader(lines)]
    created = [MAY_DAY] * len(days)
    closed = [MAY_DAY + number * DAY for number in days]

    assert len(days) == 8_272
    assert [closed_within(created, closed, within) for within in (7, 30, 90)] == [3_492, 4_673, 5_731]
    assert median(days) == 16
    assert kaplan_meier(days, [True] * len(days), 30)[0] == pytest.approx(4_673 / 8_272)
