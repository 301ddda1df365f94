"""What is missing lowers coverage, never counts as zero, and below a floor withholds the score."""

import polars as pl
import pytest

from tests.scoring.builders import (
    CRITERIA,
    RUBRIC,
    answer,
    card,
    curated,
    dimension,
    not_applicable,
    scored,
    verdict_on,
    worth,
)

CHANNELS = ["discord.members", "discourse.users", "stackoverflow.questions"]
ACTIVITY = ["github.contributors", "github.commits_week", "github.issue_close_30d"]
POPULARITY = ["github.stars", "github.forks"]
ECOSYSTEM = [*POPULARITY, *ACTIVITY, *CHANNELS]


def test_a_full_card_is_final():
    row = verdict_on(card(7.5))

    assert (row["status"], row["reason"], row["coverage"]) == ("final", None, 1.0)
    assert row["speed_score"] == 7.5


def test_one_unanswered_question_makes_the_score_provisional():
    row = verdict_on(card(7.5, but=["github.forks"]))

    assert (row["status"], row["reason"]) == ("provisional", "coverage ecosystem 88%")
    assert row["coverage"] == pytest.approx(0.975)
    assert row["speed_score"] == 7.5


def test_a_dimension_below_its_floor_withholds_the_score():
    row = verdict_on(card(7.5, but=[*ACTIVITY, "github.stars"]))

    assert (row["status"], row["reason"]) == ("withheld", "n/a (4 of 5): coverage ecosystem 50%")
    assert [row[name] for name in ("ecosystem", "speed_score", "speed_mean", "speed_raw")] == [None] * 4
    assert row["production"] == 7.5


def test_a_dimension_at_its_floor_is_published():
    row = dimension("production", card(7.5, but=["curated.cloud", "curated.edge"]))

    assert (row["coverage"], row["score"]) == (pytest.approx(0.64), 7.5)


def test_the_floor_itself_is_enough():
    targets = ["curated.cloud", "curated.edge", "curated.mobile", "curated.web"]

    row = dimension("production", [answer(one, worth(7.5, one)) for one in targets])

    assert (row["coverage"], row["score"]) == (pytest.approx(0.6), 7.5)


def test_the_score_is_the_mean_of_the_published_dimensions_as_a_reader_would_compute_it():
    """Ecosystem and research have 7.54, the others 7.5: all are published as 7.5, and so is their mean."""
    moved = [one for one in CRITERIA if CRITERIA[one].dimension in {"ecosystem", "research"}]

    row = verdict_on([*card(7.5, but=moved), *(answer(one, worth(7.54, one)) for one in moved)])

    assert (row["ecosystem"], row["speed_mean"], row["speed_score"]) == (7.5, 7.5, 7.5)
    assert row["speed_raw"] == pytest.approx(7.516)


def test_a_withheld_dimension_still_tells_what_is_known():
    row = dimension("ecosystem", card(7.5, but=[*ACTIVITY, "github.stars"]))

    assert (row["score"], row["raw"]) == (None, pytest.approx(7.5))


def test_every_thin_dimension_is_named():
    row = verdict_on([answer("github.stars", 5_000)])

    assert row["reason"] == (
        "n/a (0 of 5): coverage ecosystem 12%, learning 0%, performance 0%, production 0%, research 0%"
    )


def test_a_subject_of_which_nothing_is_known_is_withheld_between_nought_and_ten():
    row = verdict_on([])

    assert (row["status"], row["coverage"], row["measured_share"]) == ("withheld", 0.0, 0.0)
    assert (row["lo"], row["hi"]) == (0.0, 10.0)


def test_missing_is_not_zero():
    assert dimension("ecosystem", card(8, but=ACTIVITY))["raw"] == pytest.approx(8.0)


def test_zero_is_an_answer():
    row = dimension("ecosystem", [*card(8, but=["github.stars"]), answer("github.stars", 0)])

    assert (row["coverage"], row["raw"]) == (1.0, pytest.approx(7.0))


def test_weights_are_shared_out_within_the_group_only():
    low = card(2, but=POPULARITY)

    row = dimension("ecosystem", [*low, answer("github.stars", worth(10, "github.stars"))])

    assert row["raw"] == pytest.approx(0.25 * 10 + 0.75 * 2)


def test_a_group_that_was_never_answered_leaves_its_weight_to_the_others():
    answers = [*card(2, but=[*POPULARITY, *ACTIVITY]), *(answer(one, worth(8, one)) for one in ACTIVITY)]

    row = dimension("ecosystem", answers)

    assert (row["raw"], row["coverage"]) == (pytest.approx(5.0), 0.75)


def test_what_does_not_apply_is_not_missing():
    row = verdict_on([*card(7.5, but=ACTIVITY), *map(not_applicable, ACTIVITY)])

    assert (row["status"], row["coverage"]) == ("final", 1.0)


def test_a_dimension_that_does_not_apply_at_all_has_no_mark():
    row = dimension("ecosystem", [*card(7.5, but=ECOSYSTEM), *map(not_applicable, ECOSYSTEM)])

    assert (row["raw"], row["lo"], row["hi"], row["coverage"]) == (None, None, None, 0.0)


def test_a_value_outweighs_the_word_that_the_question_does_not_apply():
    row = dimension("ecosystem", [*card(7.5), not_applicable("github.stars")])

    assert (row["raw"], row["coverage"]) == (pytest.approx(7.5), 1.0)


@pytest.mark.parametrize("third", [0, 3, 7])
def test_of_three_channels_the_weakest_is_irrelevant(third):
    assert channels(10, 8, third) == pytest.approx(9.0)


def test_the_unused_channel_says_so():
    rows = scored(with_channels(10, 8, 3)).contributions.filter(pl.col("metric") == "stackoverflow.questions")

    assert rows.select("state", "weight", "points").row(0) == ("unused", 0.0, 0.0)


def test_losing_the_weaker_of_two_channels_does_not_raise():
    assert channels(10, 6, None) == pytest.approx(8.0)
    assert channels(10, None, None) == pytest.approx(10.0)
    assert coverage_with(10, None, None) == pytest.approx(0.8125)


def test_a_channel_that_does_not_exist_does_not_sink_the_score():
    answers = [*with_channels(10, 8, None), not_applicable("stackoverflow.questions")]

    row = dimension("ecosystem", answers)

    assert (community(row["raw"]), row["coverage"]) == (pytest.approx(9.0), 1.0)


def test_one_channel_is_enough_where_there_is_no_other():
    answers = [*with_channels(8, None, None), *map(not_applicable, CHANNELS[1:])]

    row = dimension("ecosystem", answers)

    assert (community(row["raw"]), row["coverage"]) == (pytest.approx(8.0), 1.0)


def test_two_answered_channels_of_three_are_full_coverage():
    assert coverage_with(10, 8, None) == 1.0


@pytest.mark.parametrize(
    ("judged", "share"),
    [
        pytest.param([], 1.0, id="all measured"),
        pytest.param(["research"], 0.8, id="research judged"),
        pytest.param(["research", "learning", "performance", "production"], 0.2, id="only the ecosystem measured"),
        pytest.param(["research", "learning", "performance", "production", "ecosystem"], 0.0, id="all judged"),
    ],
)
def test_the_measured_share_is_the_share_of_the_answered_weight(judged, share):
    asked = {name: curated if one.dimension in judged else answer for name, one in CRITERIA.items()}
    answers = [ask(name, worth(8, name)) for name, ask in asked.items()]

    assert verdict_on(answers)["measured_share"] == pytest.approx(share)


def test_a_derived_figure_counts_as_measured():
    answers = [answer(name, worth(8, name), status="derived") for name in CRITERIA]

    assert verdict_on(answers)["measured_share"] == pytest.approx(1.0)


def test_a_score_of_something_nobody_follows_is_not_made():
    found = scored([answer("github.stars", 5_000, subject="omega")])

    assert found.scores["subject"].to_list() == ["alpha"]
    assert found.contributions.height == len(RUBRIC.criteria)


def with_channels(*marks: float | None):
    known = [(one, mark) for one, mark in zip(CHANNELS, marks, strict=True) if mark is not None]
    return [*card(8, but=CHANNELS), *(answer(one, worth(mark, one)) for one, mark in known)]


def channels(*marks: float | None) -> float:
    """Return the mark of the community group alone."""
    return community(dimension("ecosystem", with_channels(*marks))["raw"])


def coverage_with(*marks: float | None) -> float:
    return dimension("ecosystem", with_channels(*marks))["coverage"]


def community(raw: float) -> float:
    """Take the other groups, which all have 8, out of the ecosystem."""
    return (raw - 8 * 0.625) / 0.375
