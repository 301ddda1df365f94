"""Only what was true before the day counts, up to its age; the first lane that is fresh is asked."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scoring.score import score
from tests.scoring.builders import (
    EVE,
    MAY_DAY,
    MORROW,
    RUBRIC,
    answer,
    card,
    curated,
    days,
    evidence,
    figure,
    scored,
    subjects,
    verdict_on,
)

STARS = "github.stars"
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    "on", [MAY_DAY, MORROW, datetime(2024, 5, 1, 0, 0, 0, 1)], ids=["midnight", "the morrow", "a microsecond later"]
)
def test_a_score_knows_nothing_of_its_day_or_after(on):
    assert stars(answer(STARS, 500, EVE), answer(STARS, 99_000, on)) == 500


def test_the_last_instant_before_midnight_counts():
    assert stars(answer(STARS, 500, EVE), answer(STARS, 900, datetime(2024, 4, 30, 23, 59, 59, 999_999))) == 900


def test_the_newest_value_wins():
    assert stars(answer(STARS, 500, EVE), answer(STARS, 900, EVE - WEEK)) == 500


@pytest.mark.parametrize(
    ("age", "state", "value"),
    [
        pytest.param(timedelta(days=14), "fresh", 500, id="at its age"),
        pytest.param(timedelta(days=14, microseconds=1), "stale", 500, id="past its age"),
        pytest.param(timedelta(days=4000), "stale", 500, id="long past its age"),
    ],
)
def test_a_value_is_carried_up_to_its_age(age, state, value):
    row = figure(STARS, [answer(STARS, 500, MAY_DAY - age)])

    assert (row["state"], row["value"]) == (state, value)


def test_age_is_told_in_days():
    assert figure(STARS, [answer(STARS, 500, datetime(2024, 4, 25, 12))])["age_days"] == 5.5


def test_a_failed_fetch_changes_nothing_while_a_good_value_is_young():
    good = card(8, on=EVE - WEEK)

    assert_frame_equal(scored([*good, answer(STARS, None, EVE)]).scores, scored(good).scores)


def test_a_failed_fetch_alone_is_missing():
    row = figure(STARS, [answer(STARS, None, EVE)])

    assert (row["state"], row["value"], row["mark"], row["points"]) == ("missing", None, None, 0.0)


def test_the_first_lane_wins_though_another_is_newer():
    assert stars(answer(STARS, 500, EVE - WEEK), answer(STARS, 900, EVE, lane=3, source="tracker")) == 500


def test_the_next_lane_steps_in_when_the_first_is_past_its_age():
    assert stars(answer(STARS, 500, EVE - 3 * WEEK), answer(STARS, 900, EVE, lane=3, source="tracker")) == 900


def test_where_all_are_past_their_age_the_newest_is_the_last_word():
    assert stars(answer(STARS, 500, EVE - 5 * WEEK), answer(STARS, 900, EVE - 3 * WEEK, lane=3, source="t")) == 900


def test_a_judgement_holds_until_its_review():
    fact = curated(STARS, 500, EVE - timedelta(days=100), valid_until=MAY_DAY)

    assert figure(STARS, [fact], MAY_DAY)["state"] == "fresh"
    assert figure(STARS, [fact], MORROW)["state"] == "stale"


def test_a_judgement_steps_in_where_no_measurement_is_fresh():
    assert stars(answer(STARS, 500, EVE - 3 * WEEK), curated(STARS, 900, EVE - 3 * WEEK)) == 900


def test_a_judgement_never_replaces_a_newer_measurement_that_went_stale():
    told = [answer(STARS, 500, EVE - 3 * WEEK), curated(STARS, 900, EVE - 5 * WEEK)]

    assert stars(*told) == 500
    assert figure(STARS, told, MAY_DAY)["state"] == "stale"


def test_a_measurement_supersedes_a_judgement():
    assert stars(answer(STARS, 500, EVE), curated(STARS, 900, EVE - 5 * WEEK)) == 500


@pytest.mark.parametrize(("lead", "value"), [(7, 500), (8, 900)], ids=["a week newer", "more than a week newer"])
def test_a_judgement_outdoes_a_measurement_more_than_a_week_older(lead, value):
    measured = answer(STARS, 500, EVE - timedelta(days=lead))

    assert stars(measured, curated(STARS, 900, EVE)) == value


def test_many_days_in_one_pass_are_each_day_alone():
    many = [MAY_DAY + timedelta(days=step) for step in (0, 1, 10, 16, 60, 200)]
    told, who = evidence(story()), subjects("alpha", "beta")

    at_once = score(told, who, days(*many), RUBRIC)
    alone = [score(told, who, days(one), RUBRIC) for one in many]

    assert_frame_equal(at_once.scores, pl.concat(one.scores for one in alone), check_exact=True)
    assert_frame_equal(at_once.dimensions, pl.concat(one.dimensions for one in alone), check_exact=True)
    assert_frame_equal(at_once.contributions, pl.concat(one.contributions for one in alone), check_exact=True)


@pytest.mark.parametrize("weeks", [-52, 1, 7])
def test_the_same_story_weeks_later_gives_the_same_series_weeks_later(weeks):
    shift = pl.duration(weeks=weeks)
    moments = days(*(MAY_DAY + timedelta(days=step) for step in range(0, 40, 3)))
    moved = evidence(story()).with_columns(pl.col("valid_at", "valid_until", "known_at") + shift)

    here = score(evidence(story()), subjects("alpha", "beta"), moments, RUBRIC)
    there = score(moved, subjects("alpha", "beta"), moments.with_columns(pl.col("as_of") + shift), RUBRIC)

    assert_frame_equal(
        there.scores.drop("inputs_sha256").with_columns(pl.col("as_of") - shift), here.scores.drop("inputs_sha256")
    )


def test_a_score_learned_long_after_is_marked_reconstructed():
    late = card(8, on=EVE)

    assert verdict_on(late)["is_reconstructed"] is False
    assert verdict_on([one | {"known_at": EVE + timedelta(days=31)} for one in late])["is_reconstructed"] is True


def test_the_fingerprint_of_the_inputs_changes_with_an_input_only():
    same, other = card(8), [*card(8, but=[STARS]), answer(STARS, 501)]

    assert fingerprint(same) == fingerprint(list(reversed(same)))
    assert fingerprint(same) != fingerprint(other)


def story():
    """A card that falls silent bit by bit, and another subject's."""
    alpha = card(8, on=EVE) + card(6, on=EVE + timedelta(days=9), but=[STARS])
    return [*alpha, *card(3, on=EVE - WEEK, subject="beta"), curated("curated.cloud", 2, MAY_DAY)]


def stars(*answers) -> float:
    return figure(STARS, answers)["value"]


def fingerprint(answers) -> str:
    return verdict_on(answers)["inputs_sha256"]
