"""The effective value of a moment: the newest of the best answer, of what was true then and known then."""

import pytest

from catalog.metric import METRICS
from catalog.observation import Status
from tests.warehouse.builders import answer, bring, effective, one, stars, week


def test_a_moment_knows_nothing_that_becomes_true_later(warehouse):
    bring(warehouse, stars(100, 0), stars(103, 2))

    assert effective(warehouse, 1.9) == 100
    assert effective(warehouse, 2) == 103


def test_what_is_true_at_the_very_moment_is_not_seen_yet(warehouse):
    bring(warehouse, stars(100, 0), stars(103, 2))

    at_the_moment = f"select value from metric_as_of('{week(2)}', '{week(99)}')"
    assert warehouse.sql(at_the_moment).fetchall() == [(100,)]


def test_a_moment_before_the_first_reading_has_no_answer(warehouse):
    bring(warehouse, stars(100, 1))

    assert answer(warehouse, 0) == {}


def test_what_was_learned_later_is_not_known_yet(warehouse):
    bring(warehouse, stars(100, 0), at=1)
    bring(warehouse, stars(103, 1), at=3)

    assert effective(warehouse, 1, known=2) == 100
    assert effective(warehouse, 1, known=3) == 103


def test_a_missing_row_at_the_same_moment_brings_the_older_value_back(warehouse):
    bring(warehouse, *weeks_of(100, 103), at=1)
    bring(warehouse, stars(None, 1), at=2)

    assert effective(warehouse, 1, known=1) == 103
    assert effective(warehouse, 1, known=2) == 100


def test_a_failed_fetch_leaves_the_last_value_with_its_age(warehouse):
    bring(warehouse, stars(100, 0), stars(None, 1))

    found = answer(warehouse, 1)

    assert (found["value"], found["status"], found["is_fresh"]) == (100, "measured", True)
    assert round(found["age_days"], 3) == 7.042


def test_a_value_past_its_age_is_no_longer_fresh(warehouse):
    bring(warehouse, stars(100, 0))

    assert answer(warehouse, 1.9)["is_fresh"]
    assert not answer(warehouse, 2)["is_fresh"]


def test_where_nothing_was_ever_had_the_reason_stands(warehouse):
    bring(warehouse, stars(None, 0))

    found = answer(warehouse, 0)

    assert (found["value"], found["status"], found["reason"]) == (None, "missing", "unreachable")


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param({}, {"method": "exact_retained"}, id="a snapshot before what was retained"),
        pytest.param({"method": "exact_retained"}, {"method": "reconstructed"}, id="retained before reconstructed"),
        pytest.param({"method": "reconstructed"}, {"method": "archived"}, id="reconstructed before a tracker"),
        pytest.param(
            {"method": "archived", "source": "github-ranking"},
            {"method": "archived", "source": "best-of-ml-python"},
            id="the daily tracker before the weekly one",
        ),
    ],
)
def test_the_better_answer_counts_while_it_is_fresh_and_the_other_afterwards(warehouse, better, worse):
    bring(warehouse, stars(100, 0, **better), stars(90, 1, **worse))

    assert effective(warehouse, 1.9) == 100
    assert effective(warehouse, 2.5) == 90


def test_a_fresh_measurement_goes_before_a_curated_value(warehouse):
    bring(warehouse, stars(100, 0), curated(77_000, 0))

    assert effective(warehouse, 1) == 100


def test_a_curated_value_steps_in_when_the_measurement_is_past_its_age(warehouse):
    bring(warehouse, stars(100, 0), curated(77_000, 0))

    assert effective(warehouse, 3) == 77_000


def test_an_older_curated_value_never_replaces_a_newer_measurement_that_went_stale(warehouse):
    bring(warehouse, curated(77_000, 0), stars(100, 1))

    assert effective(warehouse, 9) == 100
    assert not answer(warehouse, 9)["is_fresh"]


def test_a_curated_value_more_than_a_week_newer_goes_before_the_measurement(warehouse):
    bring(warehouse, stars(100, 0), curated(77_000, 1.1))

    assert effective(warehouse, 1) == 100
    assert effective(warehouse, 1.2) == 77_000


def test_a_curated_value_a_week_newer_does_not_yet(warehouse):
    bring(warehouse, stars(100, 0), curated(77_000, 1))

    assert effective(warehouse, 1.2) == 100


def test_a_curated_value_does_not_count_as_fresh_after_its_review_day(warehouse):
    bring(warehouse, stars(100, 0), curated(77_000, 0, ends=20))

    assert answer(warehouse, 19)["is_fresh"]
    assert not answer(warehouse, 20)["is_fresh"]


def test_an_expired_curated_value_does_not_hide_a_newer_measurement(warehouse):
    bring(warehouse, curated(77_000, 0, ends=5), stars(100, 6))

    assert effective(warehouse, 6) == 100
    assert effective(warehouse, 9) == 100


def test_a_family_is_as_fresh_as_its_metric_without_the_year(warehouse):
    for name in ("pwc.share_icml_2023", "pwc.share_icml_2023_e1", "pwc.share_icml_2023_e4_official"):
        bring(warehouse, stars(0.5, 0, name))

        assert answer(warehouse, 50, metric=name)["is_fresh"]
        assert not answer(warehouse, 60, metric=name)["is_fresh"]


def test_the_latest_view_shows_one_row_per_subject_and_metric(warehouse):
    bring(warehouse, *weeks_of(100, 103), stars(90, 1, source="github-ranking", method="archived"), at=1)
    bring(warehouse, stars(12, 1, "github.open_issues"), at=2)

    found = warehouse.sql("select metric, value from metric_latest order by metric").fetchall()
    assert found == [("github.open_issues", 12), ("github.stars", 103)]


def test_the_daily_view_shows_the_better_answer_of_each_day_and_no_held_figure(warehouse):
    bring(warehouse, *weeks_of(100, 50), stars(90, 0, source="github-ranking", method="archived"))

    found = warehouse.sql("select day, value, status from metric_daily order by day").fetchall()
    assert found == [(week(0).date(), 100, "measured"), (week(1).date(), None, "missing")]


def test_a_second_of_difference_in_knowledge_is_enough(warehouse):
    first = bring(warehouse, stars(100, 0)).known_at
    second = bring(warehouse, stars(101, 0)).known_at

    asked = "select value from metric_as_of('{}', '{}')"
    assert one(warehouse, asked.format(week(9), first)) == 100
    assert one(warehouse, asked.format(week(9), second)) == 101


def weeks_of(*values):
    return [stars(value, number) for number, value in enumerate(values)]


def curated(value, number, ends=52):
    more = {"status": Status.CURATED, "method": "curated", "source": "card", "valid_until": week(ends)}
    return METRICS["github.stars"].of("jax", week(number), value, **more)
