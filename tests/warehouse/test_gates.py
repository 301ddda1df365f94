"""What looks wrong is kept and held back, never scored; a level that lasts is believed, a collapse is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.warehouse.builders import bring, effective, held, one, stars, week, weeks
from warehouse.gates import judge
from warehouse.steps import Reading

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


PACE = {"median": 50_000.0, "spread": 900.0, "history": 26, "pace": 30.0, "pace_spread": 6.0}


@pytest.mark.parametrize(
    ("value", "is_told"), [(51_497, False), (51_500, False), (51_501, True)], ids=["less", "3 %", "over 3 %"]
)
def test_a_counter_that_steps_up_further_than_it_ever_does_is_believed_and_told(value, is_told):
    judged = judge(stepped(50_000, value), monotone=True, is_count=True)

    assert [verdict.held for verdict in judged] == [False, False]
    assert judged[1].is_new_level is is_told
    assert (judged[1].why == f"new level: a counter rose from 50000 to {value}") is is_told


@pytest.mark.parametrize(
    ("before", "after", "weeks_between", "is_told"),
    [
        pytest.param(100, 141, 1, False, id="chance of a small count"),
        pytest.param(100, 142, 1, True, id="more than chance"),
        pytest.param(9_000, 9_546, 1, False, id="a week of its pace and eight spreads"),
        pytest.param(9_000, 9_547, 1, True, id="more than a week of its pace"),
        pytest.param(9_000, 16_098, 13, False, id="a quarter of its pace"),
    ],
)
def test_a_counter_may_rise_by_chance_and_by_its_pace(before, after, weeks_between, is_told):
    pace = {"pace": 30.0, "pace_spread": 6.0} if before > 1_000 else {"pace": 1.0, "pace_spread": 0.0}
    plain = {"median": float(after), "spread": 1.0, "history": 26, **pace}
    read = [Reading(week(number), value, **plain) for number, value in ((0, before), (weeks_between, after))]

    assert judge(read, monotone=True, is_count=True)[1].is_new_level is is_told


def test_a_short_history_and_what_is_no_counter_may_step_up_freely():
    assert not judge(stepped(50_000, 54_000, history=7), monotone=True, is_count=True)[1].is_new_level
    assert not judge(stepped(50_000, 54_000), monotone=False, is_count=True)[1].is_new_level


def test_a_step_up_has_an_event_and_what_was_gained_across_it_is_not_told(warehouse):
    grown = [40_000.0 + 200 * number for number in range(90)]
    jumped = [value + (1_600 if number >= 60 else 0) for number, value in enumerate(grown)]
    bring(warehouse, *weeks(0, *jumped, method="archived", source="tracker"))

    kept = warehouse.sql("select kind, valid_at, value, expected from quality_event").fetchall()
    assert kept == [("level_shift", week(60), 53_600, 51_800)]
    assert held(warehouse) == []
    told = "select valid_at from observation_current where metric = 'github.stars_new_365d' and value is not null"
    assert [day for (day,) in warehouse.sql(f"{told} order by 1").fetchall()] == [
        *(week(number) for number in range(52, 60))
    ]


def test_one_reading_of_a_wrong_old_day_is_held_and_not_the_many_that_it_speaks_against(warehouse):
    good = [40_000.0 + 100 * number for number in range(120)]
    landed = bring(warehouse, *weeks(0, *good), at=1)
    late = bring(warehouse, stars(70_000, -400), at=2)

    assert (landed.quarantined, late.quarantined, late.revised) == (0, 1, 0)
    assert held(warehouse) == [70_000]
    assert [effective(warehouse, number) for number in (-399.5, 0, 119)] == [None, 40_000, 51_900]


def test_one_reading_of_a_wrong_day_in_between_is_held_and_not_the_many_around_it(warehouse):
    monthly = [stars(40_000.0 + 400 * number, 5 * number) for number in range(24)]
    bring(warehouse, *monthly, at=1)
    late = bring(warehouse, stars(49_000, 31), at=2)

    assert (late.quarantined, late.revised) == (1, 0)
    assert held(warehouse) == [49_000]


def test_a_good_week_between_weeks_in_which_a_tracker_failed_is_no_stray(warehouse):
    failing = [888.0] * 9
    bring(warehouse, *weeks(0, *[4_000.0 + number for number in range(20)], *failing, 4_178, *failing, 4_200))

    assert held(warehouse) == [888] * 18


def test_four_readings_in_a_row_are_a_level_and_no_strays(warehouse):
    bring(warehouse, *weeks(-400, *[70_000.0] * 4), *weeks(0, *[40_000.0 + number for number in range(20)]))

    assert held(warehouse) == [40_000.0 + number for number in range(20)]


@pytest.mark.parametrize("method", ["exact", "exact_retained", "reconstructed"])
@pytest.mark.parametrize("source", ["git", "commit-log"])
def test_what_is_counted_from_stored_events_is_never_held(warehouse, method, source):
    grown = [2.0, *[3.0] * 12, 175, *[401.0 + number for number in range(12)]]
    bring(warehouse, *weeks(0, *grown, metric="github.contributors_active_365d", method=method, source=source))

    assert held(warehouse) == []
    assert effective(warehouse, 25, metric="github.contributors_active_365d") == 412


def test_an_exact_count_that_an_older_version_held_back_is_released_by_the_next_landing(warehouse):
    more = {"metric": "github.commits_90d", "method": "exact", "source": "commit-log"}
    bring(warehouse, *weeks(0, 175, 401, **more), at=1)
    warehouse.execute("update observation set status = 'missing', reason = 'quarantined' where value = 401")
    warehouse.execute("""
      insert into quality_event
      select run_id, known_at, subject, metric, source, valid_at, 'quarantined', value, 175, 'a rise' from observation
      where value = 401
    """)
    bring(warehouse, stars(7, 0), at=2)

    assert held(warehouse) == []
    assert effective(warehouse, 1, metric="github.commits_90d") == 401
    assert one(warehouse, "select kind from quality_event order by known_at desc") == "released"


def stepped(before: float, after: float, **more) -> list[Reading]:
    return [Reading(week(number), value, **{**PACE, **more}) for number, value in enumerate((before, after))]


def verdicts(*values: float, monotone: bool = True) -> list[bool]:
    return [verdict.held for verdict in judge(readings(*values), monotone=monotone)]


def readings(*values: float) -> list[Reading]:
    return [Reading(week(number), value, None, None, 0) for number, value in enumerate(values)]


def far(value: float, history: int, median: float, spread: float) -> bool:
    before = Reading(week(0), median, None, None, 0)
    return judge([before, Reading(week(1), value, median, spread, history)], monotone=False)[1].held
