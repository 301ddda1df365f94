"""What looks wrong is kept and held back, never scored; a level that lasts is believed, a collapse is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.warehouse.builders import bring, effective, held, one, stars, week, weeks
from warehouse.gates import Reading, judge

STEADY = [100.0 + number for number in range(8)]


@pytest.mark.parametrize(
    ("value", "is_held"), [(96.9, True), (97.0, False), (100.0, False)], ids=["over 3 %", "3 %", "none"]
)
def test_a_counter_may_fall_by_three_percent_and_no_more(value, is_held):
    assert verdicts(100, value) == [False, is_held]


@pytest.mark.parametrize(
    ("before", "after", "is_held"),
    [
        (3, 2, False),
        (9, 0, False),
        (100, 59, False),
        (100, 58, True),
        (100_000, 97_000, False),
        (100_000, 96_999, True),
    ],
)
def test_a_count_may_fall_by_what_chance_takes_or_by_three_percent(before, after, is_held):
    """Chance takes four standard deviations and one: of 100 it is 41."""
    judged = judge(readings(before, after), monotone=True, is_count=True)

    assert [verdict.held for verdict in judged] == [False, is_held]


@pytest.mark.parametrize(("value", "is_held"), [(10, False), (12, True), (0, False)])
def test_a_small_count_may_move_by_chance_though_its_history_stood_still(value, is_held):
    before = Reading(week(0), 3, None, None, 0)
    judged = judge([before, Reading(week(1), value, 3, 0, 26)], monotone=False, is_count=True)

    assert judged[1].held is is_held


def test_what_is_no_counter_may_fall():
    assert verdicts(100, 50, monotone=False) == [False, False]


def test_a_fall_is_measured_from_the_last_good_reading_and_not_from_a_held_one():
    assert verdicts(100, 60, 59, 99) == [False, True, True, False]


def test_what_a_person_took_for_real_is_a_new_level_and_what_follows_is_measured_from_it():
    judged = judge(
        [
            replace(one, accepted="real" if number == 1 else None)
            for number, one in enumerate(readings(100, 40, 40, 30))
        ],
        monotone=True,
    )

    assert [verdict.held for verdict in judged] == [False, False, False, True]
    assert (judged[1].is_new_level, judged[1].why) == (True, "accepted: real")


def test_three_readings_of_a_new_level_are_not_enough():
    assert verdicts(100, 90, 90, 90) == [False, True, True, True]


def test_a_new_level_is_believed_after_four_readings_in_three_weeks():
    judged = judge(readings(100, 90, 90, 90, 90), monotone=True)

    assert [verdict.held for verdict in judged] == [False, True, True, True, False]
    assert [verdict.is_new_level for verdict in judged] == [False, False, False, False, True]
    assert judged[-1].why == "new level: a counter fell from 100 to 90"


def test_four_readings_in_less_than_three_weeks_are_not_enough():
    daily = [
        Reading(week(0) + timedelta(days=day), value, None, None, 0) for day, value in enumerate([100, *[90] * 21])
    ]

    assert [verdict.held for verdict in judge(daily, monotone=True)] == [False, *[True] * 21]


def test_three_readings_in_five_weeks_are_not_enough():
    sparse = [Reading(week(number), value, None, None, 0) for number, value in ((0, 100), (1, 90), (3, 90), (5, 90))]

    assert [verdict.held for verdict in judge(sparse, monotone=True)] == [False, True, True, True]


def test_readings_that_disagree_make_no_new_level():
    assert verdicts(100, 90, 80, 90, 80, 90) == [False, True, True, True, True, True]


def test_a_collapse_is_never_believed():
    assert verdicts(100, *[69] * 30) == [False, *[True] * 30]


def test_a_fall_of_thirty_percent_is_no_collapse():
    assert verdicts(100, 70, 70, 70, 70) == [False, True, True, True, False]


def test_a_reading_far_from_its_half_year_is_held():
    median_of_100 = {"median": 100.0, "spread": 1.0}

    assert far(120, history=8, **median_of_100) is False
    assert far(121, history=8, **median_of_100) is True
    assert far(79, history=8, **median_of_100) is True


def test_little_history_proves_nothing():
    assert far(5_000, history=7, median=100.0, spread=1.0) is False


def test_a_wide_spread_allows_more():
    assert far(180, history=8, median=100.0, spread=10.0) is False
    assert far(181, history=8, median=100.0, spread=10.0) is True


def test_a_held_value_is_kept_and_never_effective(warehouse):
    landed = bring(warehouse, *weeks(0, 100, 50))

    assert landed.quarantined == 1
    assert effective(warehouse, 1) == 100
    kept = warehouse.sql("select value, status, reason from observation where valid_at > '2026-01-05'").fetchall()
    assert kept == [(50, "missing", "quarantined")]


def test_a_held_value_has_an_event_that_says_why(warehouse):
    bring(warehouse, *weeks(0, 100, 50))

    event = warehouse.sql("select kind, valid_at, value, expected, detail from quality_event").fetchall()
    assert event == [("quarantined", week(1), 50, 100, "a counter fell from 100 to 50")]


def test_a_level_that_lasts_becomes_effective_and_says_so(warehouse):
    for number, value in enumerate([100_000, 90_000, 90_000, 90_000, 90_000, 91_000]):
        bring(warehouse, stars(value, number), at=number)

    assert [effective(warehouse, number, known=number) for number in range(6)] == [
        100_000,
        100_000,
        100_000,
        100_000,
        90_000,
        91_000,
    ]
    assert one(warehouse, "select string_agg(kind, ' ' order by valid_at) from quality_event") == (
        "quarantined quarantined quarantined level_shift"
    )


def test_a_name_used_again_by_somebody_else_never_becomes_effective(warehouse):
    bring(warehouse, stars(22_260, 0))
    bring(warehouse, *weeks(1, *[28.0 + number for number in range(52)]))

    assert [effective(warehouse, number) for number in (1, 4, 26, 52)] == [22_260] * 4
    assert held(warehouse) == [28.0 + number for number in range(52)]


def test_three_weeks_far_out_are_held_and_the_series_goes_on(warehouse):
    bring(warehouse, *weeks(0, *STEADY, 900, 905, 910, 109, 110, metric="github.open_issues"))

    assert held(warehouse) == [900, 905, 910]
    assert effective(warehouse, 10, metric="github.open_issues") == 107
    assert effective(warehouse, 12, metric="github.open_issues") == 110


def test_a_month_far_out_is_a_new_level(warehouse):
    bring(warehouse, *weeks(0, *STEADY, 900, 905, 910, 915, 920, metric="github.open_issues"))

    assert held(warehouse) == [900, 905, 910]
    assert effective(warehouse, 12, metric="github.open_issues") == 920


def test_the_half_year_before_is_the_yardstick_and_not_what_lies_further_back(warehouse):
    bring(warehouse, *weeks(0, *STEADY, metric="github.open_issues"))
    bring(warehouse, stars(900, 40, metric="github.open_issues"))

    assert held(warehouse) == []


def test_what_is_not_gated_is_never_held(warehouse):
    bring(warehouse, *weeks(0, *STEADY, 9_000, metric="discord.online"))

    assert held(warehouse) == []


def test_sources_are_judged_each_by_itself(warehouse):
    bring(warehouse, stars(100, 0), stars(50, 1, source="github-ranking", method="archived"))

    assert held(warehouse) == []


def test_older_evidence_that_arrives_later_holds_a_value_back(warehouse):
    bring(warehouse, stars(50, 1), at=1)
    landed = bring(warehouse, stars(100, 0), at=2)

    assert landed.revised == 1
    assert effective(warehouse, 1, known=1) == 50
    assert effective(warehouse, 1, known=2) == 100


def test_older_evidence_that_arrives_later_releases_a_value(warehouse):
    bring(warehouse, stars(100_000, 0), stars(96_000, 2), at=1)
    bring(warehouse, stars(98_000, 1), at=2)

    assert effective(warehouse, 2, known=1) == 100_000
    assert effective(warehouse, 2, known=2) == 96_000
    assert one(warehouse, "select string_agg(kind, ' ' order by known_at) from quality_event") == "quarantined released"


def test_a_retracted_reading_holds_nothing_back_any_longer(warehouse):
    bring(warehouse, stars(100_000, 0), stars(60_000, 1), at=1)
    bring(warehouse, stars(None, 0), at=2)

    assert effective(warehouse, 1, known=1) == 100_000
    assert effective(warehouse, 1, known=2) == 60_000


def test_a_verdict_that_changes_to_and_fro_is_told_each_time(warehouse):
    bring(warehouse, stars(100_000, 0), stars(96_000, 2), at=1)
    bring(warehouse, stars(98_000, 1), at=2)
    bring(warehouse, stars(None, 1), at=3)
    bring(warehouse, stars(98_500, 1), at=4)

    kinds = "select string_agg(kind, ' ' order by known_at) from quality_event"
    assert one(warehouse, kinds) == "quarantined released quarantined released"
    assert [effective(warehouse, 2, known=known) for known in (1, 2, 3, 4)] == [100_000, 96_000, 100_000, 96_000]


def test_a_held_value_that_is_corrected_counts(warehouse):
    bring(warehouse, stars(100, 0), stars(10, 1), at=1)
    bring(warehouse, stars(101, 1), at=2)

    assert effective(warehouse, 1, known=1) == 100
    assert effective(warehouse, 1, known=2) == 101


def test_a_released_value_is_what_it_was_before(warehouse):
    share = "stackoverflow.share_ppm_365d"
    bring(warehouse, *weeks(0, *STEADY, 900, metric=share, status="derived"), at=1)
    bring(warehouse, *weeks(0, *[None] * 8, metric=share), at=2)

    assert effective(warehouse, 8, known=1, metric=share) == 107
    assert effective(warehouse, 8, known=2, metric=share) == 900
    released = f"select status from observation_current where metric = '{share}' and value = 900"
    assert one(warehouse, released) == "derived"


def verdicts(*values: float, monotone: bool = True) -> list[bool]:
    return [verdict.held for verdict in judge(readings(*values), monotone=monotone)]


def readings(*values: float) -> list[Reading]:
    return [Reading(week(number), value, None, None, 0) for number, value in enumerate(values)]


def far(value: float, history: int, median: float, spread: float) -> bool:
    before = Reading(week(0), median, None, None, 0)
    return judge([before, Reading(week(1), value, median, spread, history)], monotone=False)[1].held
