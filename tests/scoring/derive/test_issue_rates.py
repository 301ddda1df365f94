"""Close rates and first responses of any day: cohorts worked by hand, edges to the microsecond, and a real repository."""

import json
import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.metric import METRICS
from catalog.statistics import wilson, wilson_ends
from scoring.derive.issue_closes import CLOSES
from scoring.derive.issue_rates import RATES, Moving, estimates, moving_of, rates
from tests.scoring.derive.builders import issue_frame

MAY_DAY = datetime(2026, 5, 1)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)

OPENED = "github.issues_opened_90d"
OPEN = "github.open_issues"
BOTS = "github.issue_bot_share_90d"
CLOSE = "github.issue_close_30d"
COMPLETED = "github.issue_close_completed_30d"
MATURED = "github.issue_close_30d_matured"
RESPONSE = "github.issue_first_response_median_h"
SOON = "github.issue_first_response_48h"
REOPENED = "github.issue_reopened_share_90d"
CLOSED = "github.issues_closed_90d"

# --- the curve ---


def test_a_cohort_that_was_seen_whole_gives_its_share():
    found = at_may_day(born(60, closed=10), born(60, closed=20), born(60, closed=30), born(60))

    assert value(found, CLOSE) == pytest.approx(3 / 4)
    assert ends(found, CLOSE) == pytest.approx((0.75 - 1.96 * 0.216506351, 1.0))
    assert count(found, CLOSE) == 4


def test_who_is_young_is_at_risk_for_as_long_as_it_was_seen():
    """5 of 6 stay at day 5; one is censored at 10; 3 of 4 stay at 15; at 20 one is censored and 2 of 3 stay."""
    found = at_may_day(born(60, closed=5), born(10), born(60, closed=15), born(60, closed=20), born(20), born(60))

    assert value(found, CLOSE) == pytest.approx(7 / 12)
    assert ends(found, CLOSE) == pytest.approx((0.5833333 - 1.96 * 0.2217878, 1.0), abs=1e-6)


def test_closes_at_one_moment_are_taken_together():
    found = at_may_day(*[born(60, closed=5)] * 3, born(60, closed=7), *[born(60)] * 4)

    assert value(found, CLOSE) == pytest.approx(1 / 2)
    assert ends(found, CLOSE) == pytest.approx((0.5 - 1.96 * 0.1767767, 0.5 + 1.96 * 0.1767767))


def test_where_all_were_closed_the_rate_is_one_and_as_certain_as_so_few_can_tell():
    found = at_may_day(born(60, closed=5), born(60, closed=5))

    assert value(found, CLOSE) == 1
    assert ends(found, CLOSE) == pytest.approx(wilson(1, 2))


def test_where_none_was_closed_the_rate_is_zero():
    found = at_may_day(born(60), born(3))

    assert value(found, CLOSE) == 0
    assert ends(found, CLOSE) == pytest.approx(wilson(0, 2))


def test_an_empty_cohort_has_no_rate_and_no_zero():
    found = at_may_day(born(500, closed=1))

    assert [value(found, metric) for metric in (CLOSE, COMPLETED, MATURED, RESPONSE, SOON, BOTS)] == [None] * 6
    assert [ends(found, metric) for metric in (CLOSE, MATURED, RESPONSE)] == [(None, None)] * 3
    assert (value(found, OPENED), count(found, CLOSE), count(found, MATURED)) == (0, 0, 0)


# --- the edges ---


@pytest.mark.parametrize(
    ("created_at", "n"),
    [
        (MAY_DAY - 90 * DAY - TICK, 0),
        (MAY_DAY - 90 * DAY, 1),
        (MAY_DAY - TICK, 1),
        (MAY_DAY, 0),
        (MAY_DAY + HOUR, 0),
    ],
    ids=["just before the window", "at its beginning", "just before its end", "at its end", "later"],
)
def test_the_cohort_begins_with_the_window_and_ends_before_the_day(created_at, n):
    found = at_may_day(issue(created_at), born(500))

    assert value(found, OPENED) == n
    assert count(found, CLOSE) == n
    assert count(found, BOTS) == n


@pytest.mark.parametrize(
    ("closed_at", "share"),
    [(MAY_DAY - TICK, 1.0), (MAY_DAY, 0.0), (MAY_DAY + HOUR, 0.0)],
    ids=["just before the day", "at the day", "later"],
)
def test_what_was_closed_at_the_day_or_later_was_open(closed_at, share):
    found = at_may_day(issue(MAY_DAY - 20 * DAY, closed_at=closed_at))

    assert value(found, CLOSE) == share
    assert value(found, OPEN) == 1 - share


@pytest.mark.parametrize(
    ("lifetime", "share"),
    [(30 * DAY, 1.0), (30 * DAY + TICK, 0.0)],
    ids=["thirty days", "a tick longer"],
)
def test_a_close_at_thirty_days_counts(lifetime, share):
    created_at = MAY_DAY - 60 * DAY
    found = at_may_day(issue(created_at, closed_at=created_at + lifetime))

    assert value(found, CLOSE) == share
    assert value(found, MATURED) == share


@pytest.mark.parametrize(
    ("created_at", "n"),
    [
        (MAY_DAY - 120 * DAY - TICK, 0),
        (MAY_DAY - 120 * DAY, 1),
        (MAY_DAY - 30 * DAY - TICK, 1),
        (MAY_DAY - 30 * DAY, 0),
    ],
    ids=["just before the window", "at its beginning", "just before its end", "at its end"],
)
def test_a_matured_cohort_had_thirty_days(created_at, n):
    assert count(at_may_day(issue(created_at), born(500)), MATURED) == n


def test_a_close_before_the_birth_counts_as_one_at_birth():
    found = at_may_day(issue(MAY_DAY - 60 * DAY, closed_at=MAY_DAY - 61 * DAY))

    assert value(found, CLOSE) == 1.0


# --- who and what counts ---


def test_issues_of_bots_are_left_out_and_those_of_deleted_accounts_are_not():
    bots = [born(60, closed=1, author_kind="bot")] * 2
    found = at_may_day(*bots, born(60), born(60, closed=1, author_kind="gone"))

    assert value(found, OPENED) == 2
    assert value(found, CLOSE) == pytest.approx(1 / 2)
    assert (value(found, MATURED), count(found, MATURED)) == (0.5, 2)
    assert (value(found, BOTS), count(found, BOTS)) == (0.5, 4)
    assert ends(found, BOTS) == pytest.approx((0.1500390, 0.8499610), abs=1e-6)


@pytest.mark.parametrize(
    ("reason", "share"),
    [("COMPLETED", 1.0), (None, 1.0), ("NOT_PLANNED", 0.0), ("DUPLICATE", 0.0)],
    ids=["completed", "closed before reasons were", "not planned", "a duplicate"],
)
def test_only_what_was_done_is_completed(reason, share):
    found = at_may_day(born(60, closed=1, state_reason=reason))

    assert value(found, CLOSE) == 1.0
    assert value(found, COMPLETED) == share


def test_what_was_not_planned_stays_at_risk_of_completion():
    found = at_may_day(
        born(60, closed=1, state_reason="NOT_PLANNED"), born(60, closed=2), born(60), born(1), born(60, closed=2)
    )

    assert value(found, COMPLETED) == pytest.approx(1 / 2)
    assert value(found, CLOSE) == pytest.approx(1 - 4 / 5 * 1 / 3)


def test_a_reopened_issue_is_open():
    assert value(at_may_day(born(60, state_reason="REOPENED")), OPEN) == 1


def test_open_issues_are_those_of_every_author_and_age():
    found = at_may_day(born(900), born(60, author_kind="bot"), born(60, closed=59), issue(MAY_DAY), born(2))

    assert (value(found, OPEN), ends(found, OPEN), count(found, OPEN)) == (3, (None, None), 3)


# --- first responses ---


def test_the_median_response_is_where_the_curve_reaches_a_half():
    found = at_may_day(answered(1), answered(5), born(60), born(60))

    assert (value(found, RESPONSE), ends(found, RESPONSE), count(found, RESPONSE)) == (5, (None, None), 4)


def test_six_answers_in_twelve_are_a_half():
    assert value(at_may_day(*map(answered, range(1, 7)), *[born(60)] * 6), RESPONSE) == 6


def test_a_median_that_was_not_reached_is_no_number():
    found = at_may_day(answered(1), born(60), born(45.5))

    assert value(found, RESPONSE) is None
    assert ends(found, RESPONSE) == (60 * 24, None)
    assert count(found, RESPONSE) == 3


def test_issues_whose_comments_are_not_known_are_left_out():
    unknown = born(60, is_comment_known=False)
    found = at_may_day(answered(4), unknown, unknown)

    assert (value(found, RESPONSE), count(found, RESPONSE)) == (4, 1)
    assert count(found, CLOSE) == 3


@pytest.mark.parametrize(("hours", "share"), [(48, 1 / 2), (49, 0.0)], ids=["two days", "an hour longer"])
def test_an_answer_within_two_days_is_a_soon_one(hours, share):
    found = at_may_day(answered(hours), born(60))

    assert (value(found, SOON), count(found, SOON)) == (share, 2)


def test_who_is_younger_than_two_days_is_at_risk_for_as_long_as_it_was_seen():
    """One of 4 is answered at 1 h; one is censored at 24 h; one of 2 is answered at 30 h."""
    found = at_may_day(answered(1), born(1), answered(30), born(60))

    assert value(found, SOON) == pytest.approx(1 - 3 / 4 * 1 / 2)
    assert ends(found, SOON) == pytest.approx((0.625 - 1.96 * 0.375 * math.sqrt(1 / 12 + 1 / 2), 1.0))


def test_an_answer_at_the_day_has_not_come():
    found = at_may_day(issue(MAY_DAY - 5 * HOUR, first_response_at=MAY_DAY))

    assert value(found, RESPONSE) is None
    assert ends(found, RESPONSE) == (5, None)


# --- closes that do not stand, issues that went ---


@pytest.mark.parametrize(
    ("undone_after", "share"),
    [(6, 0.0), (7, 0.0), (7.1, 1.0), (25, 1.0)],
    ids=["within a week", "after a week", "later", "much later"],
)
def test_a_close_that_was_undone_within_a_week_does_not_stand(undone_after, share):
    found = with_closes(spell(60, closed=5, reopened=5 + undone_after))

    assert value(found, CLOSE) == share
    assert value(found, MATURED) == share
    assert value(found, REOPENED) == 1.0


def test_the_first_close_that_stands_counts_and_not_the_last():
    found = with_closes(
        spell(60, closed=5, reopened=6), spell(60, closed=20, reopened=40), spell(60, closed=50), closed_at=50
    )

    assert value(found, CLOSE) == 1.0
    assert value(found, OPEN) == 0


def test_a_close_stands_at_a_day_at_which_it_was_not_undone_yet():
    closes = [spell(60, closed=5, reopened=8)]
    issues = issue_frame([born(60, is_history_known=True)])
    days = [MAY_DAY - (60 - age) * DAY for age in (5, 6, 8, 9)]
    found = rates(issues, days, pl.DataFrame(closes, schema=CLOSES))

    assert found.filter(metric=CLOSE)["value"].to_list() == [0, 1, 1, 0]
    assert found.filter(metric=OPEN)["value"].to_list() == [1, 0, 0, 1]
    assert found.filter(metric=CLOSED)["value"].to_list() == [0, 1, 1, 0]
    assert found.filter(metric=REOPENED)["value"].to_list() == [0, 0, 0, 1]


@pytest.mark.parametrize(("reason", "share"), [("COMPLETED", 1.0), (None, 1.0), ("NOT_PLANNED", 0.0)])
def test_the_reason_is_that_of_the_close_that_stands(reason, share):
    again = spell(60, closed=29, reason="COMPLETED" if share == 0 else "NOT_PLANNED")
    found = with_closes(spell(60, closed=5, reopened=20, reason=reason), again, closed_at=29)

    assert value(found, COMPLETED) == share


def test_the_share_of_reopened_issues_needs_the_history_of_each():
    known, unknown = born(60, is_history_known=True), born(60, closed=3)

    assert (value(at_may_day(known, known), REOPENED), count(at_may_day(known), REOPENED)) == (0.0, 1)
    assert value(at_may_day(known, unknown), REOPENED) is None


def test_an_issue_that_went_is_censored_when_it_was_last_seen():
    """One of 3 is closed at 5 d; one goes at 10 d; the last is closed at 20 d."""
    gone = born(60, gone_at=MAY_DAY - 50 * DAY)
    found = at_may_day(born(60, closed=5), gone, born(60, closed=20))

    assert value(found, CLOSE) == pytest.approx(1 - 2 / 3 * 0)
    assert value(at_may_day(born(60, closed=5), gone, born(60)), CLOSE) == pytest.approx(1 / 3)
    assert (value(found, MATURED), count(found, MATURED)) == (1.0, 2)
    assert value(found, OPEN) == 0


def test_an_issue_that_went_later_was_open_before():
    issues = issue_frame([born(60, gone_at=MAY_DAY - 10 * DAY)])

    found = rates(issues, [MAY_DAY - 10 * DAY, MAY_DAY - 9 * DAY])

    assert found.filter(metric=OPEN)["value"].to_list() == [1, 0]


def test_who_had_no_answer_while_comments_were_fetched_is_censored_there():
    """One of 3 is answered at 1 h; one is known unanswered until 10 h; one of the last 1 is answered at 20 h."""
    until = born(60, is_comment_known=False, comments_until=MAY_DAY - 60 * DAY + 10 * HOUR)
    found = at_may_day(answered(1), until, answered(20))

    assert (value(found, SOON), count(found, SOON)) == (1.0, 3)
    assert value(at_may_day(answered(1), until, answered(49)), SOON) == pytest.approx(1 / 3)


SPELLS = st.lists(
    st.tuples(
        st.integers(1, 119),  # age in days
        st.lists(st.integers(0, 4000), max_size=7, unique=True),  # closed, reopened, closed ..., in hours of its life
        st.none() | st.integers(1, 2000),  # gone, in hours after the last of them
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(made=SPELLS)
def test_any_closes_give_what_the_definition_says(made):
    issues, closes, cases = [born(500, number=0)], [], []
    for number, (age, made_at, gone) in enumerate(made, start=1):
        hours, now, born_at = sorted(made_at), age * 24, MAY_DAY - age * DAY
        spells = list(zip(hours[::2], [*hours[1::2], None], strict=False))
        gone_hour = None if gone is None else max([*hours, 0]) + gone
        ends = {"closed_at": hours[-1] if len(hours) % 2 else None, "gone_at": gone_hour}
        times = {name: None if one is None else born_at + one * HOUR for name, one in ends.items()}
        issues.append(issue(born_at, number=number, is_history_known=True, **times))
        closes += [spell(age, closed=one / 24, reopened=two and two / 24, number=number) for one, two in spells]
        stands = [one for one, two in spells if one < now and (two is None or two >= now or two - one > 7 * 24)]
        until = now if gone_hour is None else min(now, gone_hour)
        cases.append((age, stands[0] if stands else until, bool(stands), until))
    young = [(span * HOUR, is_event) for age, span, is_event, _ in cases if age <= 90]
    old = [span <= 720 and is_event for age, span, is_event, until in cases if age > 30 and (is_event or until > 720)]
    found = rates(issue_frame(issues), [MAY_DAY], pl.DataFrame(closes, schema=CLOSES))

    lately = sum(is_event and age * 24 - span <= 90 * 24 for age, span, is_event, _ in cases)
    assert value(found, CLOSED) == lately
    expected, half = kaplan_meier(young, 30 * DAY)
    agrees(
        found, {CLOSE: (expected, half, len(young)), MATURED: (sum(old) / len(old) if old else None, None, len(old))}
    )


# --- days and subjects ---


def test_a_past_day_is_as_it_was():
    issues = issue_frame([born(60, closed=10)])
    found = rates(issues, [MAY_DAY, MAY_DAY - 55 * DAY, MAY_DAY - 60 * DAY, MAY_DAY - 300 * DAY])

    assert found.filter(metric=CLOSE).rows() == [
        ("jax", MAY_DAY - 55 * DAY, CLOSE, 0.0, *wilson(0, 1), 1),
        ("jax", MAY_DAY, CLOSE, 1.0, *wilson(1, 1), 1),
    ]
    assert found.filter(metric=OPEN)["value"].to_list() == [1, 0]


def test_every_metric_is_in_the_catalog():
    found = at_may_day(born(60))

    assert set(found["metric"]) == {OPENED, CLOSED, OPEN, BOTS, CLOSE, COMPLETED, MATURED, RESPONSE, SOON, REOPENED}
    assert {METRICS[name].past for name in found["metric"]} == {"exact"}
    assert found.schema == RATES


def test_nothing_gives_nothing():
    assert rates(issue_frame([]), [MAY_DAY]).schema == RATES
    assert rates(issue_frame([born(1)]), []).is_empty()
    assert moving_of(estimates(issue_frame([]), [MAY_DAY])) == []


def test_subjects_are_kept_apart_whatever_the_order_of_rows():
    issues = issue_frame([born(60, closed=1), born(60, subject="flax"), born(50, subject="flax", closed=2), born(60)])
    found = rates(issues, [MAY_DAY])

    assert rates(issues.reverse(), [MAY_DAY]).equals(found)
    assert found.filter(metric=CLOSE).select("subject", "value").rows() == [("flax", 0.5), ("jax", 0.5)]
    assert found["subject"].to_list() == ["flax"] * 10 + ["jax"] * 10


def test_more_days_than_one_part_holds_are_all_given():
    days = [MAY_DAY - number * DAY for number in range(900)]

    assert rates(issue_frame([born(2000), born(60)]), days).filter(metric=OPENED)["value"].sum() == 60


def test_a_rate_that_is_moving_is_told():
    old = [born(100, closed=1)] * 100
    new = [born(60, closed=1)] * 10 + [born(60)] * 90

    assert moving_of(estimates(issue_frame([*old, *new]), [MAY_DAY])) == [
        Moving("jax", MAY_DAY, pytest.approx(0.1), 0.55, pytest.approx(0.03))
    ]


def test_a_rate_that_stays_is_not_told():
    steady = [born(age, closed=1 if age % 2 else None) for age in range(31, 120)]

    assert moving_of(estimates(issue_frame(steady), [MAY_DAY])) == []


@pytest.mark.parametrize(("share", "n"), [(0.0, 5), (0.5, 4), (0.98, 50), (1.0, 1)])
def test_the_wilson_interval_of_expressions_is_the_one_of_numbers(share, n):
    found = pl.select(*[end.alias(name) for end, name in zip(wilson_ends(pl.lit(share), pl.lit(n)), "ab", strict=True)])

    assert found.row(0) == pytest.approx(wilson(share, n))


# --- against a computation by hand ---

COHORTS = st.lists(
    st.tuples(
        st.integers(0, 130 * 24),  # age at the day, in hours
        st.none() | st.sampled_from([0, 24, 300, 719, 720, 721, 2000]) | st.integers(0, 2000),
        st.none() | st.sampled_from([1, 24, 2160]) | st.integers(0, 2200),
        st.sampled_from(["human", "human", "bot", "gone"]),
        st.sampled_from([None, "COMPLETED", "NOT_PLANNED", "DUPLICATE"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(cohort=COHORTS)
def test_any_cohort_gives_what_the_formula_says(cohort):
    issues = [born(500)] + [
        issue(
            MAY_DAY - age * HOUR,
            closed_at=None if close is None else MAY_DAY - (age - close) * HOUR,
            first_response_at=None if response is None else MAY_DAY - (age - response) * HOUR,
            author_kind=kind,
            state_reason=None if close is None else reason,
            is_comment_known=is_known,
        )
        for age, close, response, kind, reason, is_known in cohort
    ]

    agrees(at_may_day(*issues), by_formula(issues, MAY_DAY))


@pytest.mark.parametrize("day", ["2013-06-01", "2016-03-15", "2018-12-31", "2019-09-01", "2020-01-10"])
def test_a_real_repository_gives_what_the_formula_says(recorded, day):
    issues = recorded_issues(recorded)
    on = datetime.fromisoformat(day)

    agrees(rates(issue_frame(issues), [on]), by_formula(issues, on))


def test_the_recorded_issues_are_read_without_their_pull_requests(recorded):
    issues = recorded_issues(recorded)
    found = rates(issue_frame(issues), [datetime(2020, 1, 10)])

    assert len(issues) == 243
    assert sum(one["closed_at"] - one["created_at"] <= 30 * DAY for one in issues) == 103
    assert (value(found, OPENED), count(found, CLOSE)) == (13, 13)


def agrees(found: pl.DataFrame, expected: dict[str, tuple[Any, ...]]) -> None:
    rows = {row["metric"]: row for row in found.to_dicts()}
    for metric, (wanted, half, n) in expected.items():
        row = rows[metric]
        assert row["value"] == (None if wanted is None else pytest.approx(float(wanted), abs=1e-12)), metric
        assert row["n"] == n, metric
        if half is not None:
            told = (max(0.0, float(wanted) - half), min(1.0, float(wanted) + half)) if half else wilson(wanted, n)
            assert (row["lo"], row["hi"]) == pytest.approx(told, abs=1e-9), metric


def by_formula(issues: Iterable[dict[str, Any]], day: datetime) -> dict[str, tuple[Any, ...]]:
    """Follow docs/method.md to the letter, in fractions; ties in groups, as (value, half of the interval, n)."""
    issues = list(issues)
    born_in = [one for one in issues if day - 90 * DAY <= one["created_at"] < day]
    human = [one for one in born_in if one["author_kind"] != "bot"]
    done = [one for one in human if one["state_reason"] not in {"NOT_PLANNED", "DUPLICATE"}]
    known = [one for one in human if one["is_comment_known"]]
    matured = [
        one for one in issues if day - 120 * DAY <= one["created_at"] < day - 30 * DAY and one["author_kind"] != "bot"
    ]
    hits = sum(bool(one["closed_at"]) and one["closed_at"] - one["created_at"] <= 30 * DAY for one in matured)
    responses = [lived(one, "first_response_at", day, is_able=True) for one in known]
    moments = sorted({time for time, is_event in responses if is_event})
    median = next((time for time in moments if kaplan_meier(responses, time)[0] >= Fraction(1, 2)), None)
    close = [lived(one, "closed_at", day, is_able=True) for one in human]
    completed = [lived(one, "closed_at", day, is_able=one in done) for one in human]
    return {
        OPENED: (len(human), None, len(human)),
        OPEN: (opened := sum(is_open(one, day) for one in issues), None, opened),
        CLOSE: (*kaplan_meier(close, 30 * DAY), len(human)),
        COMPLETED: (*kaplan_meier(completed, 30 * DAY), len(human)),
        MATURED: (Fraction(hits, len(matured)) if matured else None, None, len(matured)),
        SOON: (*kaplan_meier(responses, 48 * HOUR), len(known)),
        RESPONSE: (None if median is None else median / HOUR, None, len(known)),
    }


def is_open(one: dict[str, Any], day: datetime) -> bool:
    return one["created_at"] < day and not (one["closed_at"] and one["closed_at"] < day)


def lived(one: dict[str, Any], event: str, day: datetime, *, is_able: bool) -> tuple[timedelta, bool]:
    if is_able and one[event] and one[event] < day:
        return one[event] - one["created_at"], True
    return day - one["created_at"], False


def kaplan_meier(cases: list[tuple[timedelta, bool]], until: timedelta) -> tuple[Fraction | None, float | None]:
    alive, spread = Fraction(1), Fraction(0)
    for time in sorted({time for time, is_event in cases if is_event and time <= until}):
        d = sum(is_event and one == time for one, is_event in cases)
        n = sum(one >= time for one, _ in cases)
        alive *= 1 - Fraction(d, n)
        spread += Fraction(d, n * (n - d)) if n > d else 0
    return (1 - alive, 1.96 * float(alive) * math.sqrt(spread)) if cases else (None, None)


# --- builders ---


def issue(created_at: datetime, **more: Any) -> dict[str, Any]:
    plain = {
        "subject": "jax",
        "number": 1,
        "created_at": created_at,
        "closed_at": None,
        "state_reason": None,
        "author_kind": "human",
        "first_response_at": None,
        "is_comment_known": True,
        "updated_at": created_at,
    }
    return {**plain, **more}


def born(age_d: float, closed: float | None = None, **more: Any) -> dict[str, Any]:
    """Return an issue so many days old on May Day, closed so many days after its birth."""
    created_at = MAY_DAY - age_d * DAY
    return issue(created_at, closed_at=None if closed is None else created_at + closed * DAY, **more)


def spell(
    age_d: float, closed: float, reopened: float | None = None, reason: str | None = None, number: int = 1
) -> dict[str, Any]:
    """Return a close of an issue so many days old on May Day, and when it was undone, in days after its birth."""
    created_at = MAY_DAY - age_d * DAY
    return {
        "subject": "jax",
        "number": number,
        "closed_at": created_at + closed * DAY,
        "reopened_at": None if reopened is None else created_at + reopened * DAY,
        "reason": reason,
        "is_by_bot": False,
    }


def with_closes(*closes: dict[str, Any], closed_at: float | None = None) -> pl.DataFrame:
    """Return the rates of one issue, 60 days old, that was closed and reopened."""
    issues = issue_frame([born(60, closed=closed_at, is_history_known=True)])
    return rates(issues, [MAY_DAY], pl.DataFrame(list(closes), schema=CLOSES))


def answered(hours: float, **more: Any) -> dict[str, Any]:
    created_at = MAY_DAY - 60 * DAY
    return issue(created_at, first_response_at=created_at + hours * HOUR, **more)


def at_may_day(*issues: dict[str, Any]) -> pl.DataFrame:
    return rates(issue_frame(issues), [MAY_DAY])


def row(found: pl.DataFrame, metric: str) -> dict[str, Any]:
    return found.row(by_predicate=pl.col("metric") == metric, named=True)


def value(found: pl.DataFrame, metric: str) -> float | None:
    return row(found, metric)["value"]


def ends(found: pl.DataFrame, metric: str) -> tuple[float | None, float | None]:
    return row(found, metric)["lo"], row(found, metric)["hi"]


def count(found: pl.DataFrame, metric: str) -> int:
    return row(found, metric)["n"]


def recorded_issues(recorded) -> list[dict[str, Any]]:
    """Return the closed issues of hub4j/github-api on 2020-01-10, as REST listed them."""
    folder = recorded / "github_rest/hub4j_wiremock/AppTest/testListIssues/__files"
    listed = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*issues.json"))]
    return [
        issue(
            utc(one["created_at"]),
            subject="github-api",
            number=one["number"],
            closed_at=one["closed_at"] and utc(one["closed_at"]),
            state_reason=one.get("state_reason"),
            author_kind="bot" if one["user"]["type"] == "Bot" else "human",
            is_comment_known=False,
            updated_at=utc(one["updated_at"]),
        )
        for page in listed
        for one in page
        if "pull_request" not in one
    ]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)
