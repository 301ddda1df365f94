"""How sure a score is: draws that can be drawn again, intervals that widen with ignorance, ranks that sum to one."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from scoring.rubric_files import available, load
from scoring.score import marks, score
from scoring.uncertainty import Uncertainty, uncertainty
from tests.scoring.builders import (
    EVE,
    MAY_DAY,
    MORROW,
    Answer,
    answer,
    card,
    curated,
    days,
    evidence,
    subjects,
    verdict_on,
    worth,
)

CHAT = "discord.members"


def drawn(answers: list[Answer], *names: str, on=(MAY_DAY,), rubric: str = "2024.1", kinds=None) -> Uncertainty:
    found, who, when = evidence(answers), kinds if kinds is not None else subjects(*(names or ("alpha",))), days(*on)
    scored = score(found, who, when, load(rubric))
    return uncertainty(marks(found, who, when, load(rubric)), scored, load(rubric))


def interval(answers: list[Answer], **more) -> dict:
    return drawn(answers, **more).intervals.row(by_predicate=pl.col("subject") == "alpha", named=True)


def half_width(answers: list[Answer], **more) -> float:
    found = interval(answers, **more)
    return (found["hi"] - found["lo"]) / 2


@pytest.mark.parametrize("rubric", available())
def test_the_same_inputs_draw_the_same_figures(rubric):
    answers = card(7, rubric=load(rubric))

    one, other = drawn(answers, rubric=rubric), drawn(answers, rubric=rubric)

    assert one.intervals.equals(other.intervals)
    assert one.dimensions.equals(other.dimensions)
    assert one.ranks.equals(other.ranks)


def test_a_card_of_one_mark_lies_about_that_mark_and_full_marks_are_pulled_down():
    middle, top = interval(card(5)), interval(card(10))

    assert middle["lo"] < 5 < middle["hi"]
    assert middle["median"] == pytest.approx(5, abs=0.2)
    assert top["median"] < 10


def test_dimensions_have_intervals_of_their_own():
    found = drawn(card(5)).dimensions

    assert found["dimension"].to_list() == ["ecosystem", "production", "research", "learning", "performance"]
    assert (found["lo"] < found["median"]).all()
    assert (found["median"] < found["hi"]).all()


def test_what_is_not_known_makes_a_score_less_sure():
    assert half_width(card(5, but=["github.stars", "github.forks"])) > half_width(card(5))


def test_old_counts_are_less_sure_than_fresh_ones():
    """A share of the papers may be 400 days old; it is all that this card does not judge."""

    def rows(age_days: int) -> list[Answer]:
        slope = answer("pwc.share_slope_pp", 0.0, MAY_DAY - timedelta(days=age_days), lo=-3.0, hi=3.0)
        return [*card(5, but=["pwc.share_slope_pp"]), slope]

    research = [drawn(rows(age)).dimensions.filter(dimension="research").row(0, named=True) for age in (1, 399)]

    fresh, old = (row["hi"] - row["lo"] for row in research)
    assert old > 1.15 * fresh


def test_the_bounds_of_a_measurement_are_used_where_it_has_some():
    rows = card(5, but=["pwc.share_slope_pp"])
    sharp = [*rows, answer("pwc.share_slope_pp", 0.0, lo=-0.01, hi=0.01)]
    vague = [*rows, answer("pwc.share_slope_pp", 0.0, lo=-4.0, hi=4.0)]

    assert half_width(vague) > half_width(sharp)


@pytest.mark.parametrize("dimension", ["production", "learning", "performance"])
def test_the_lower_the_confidence_of_facts_the_less_sure_what_rests_on_them(dimension):
    judged = [one.metric for one in load("2024.1").criteria if one.metric.startswith("curated.")]

    def width(confidence: str | None) -> float:
        facts = [curated(metric, worth(5, metric), confidence=confidence) for metric in judged]
        row = drawn([*card(5, but=judged), *facts]).dimensions.row(
            by_predicate=pl.col("dimension") == dimension, named=True
        )
        return row["hi"] - row["lo"]

    assert width("high") < width("medium") < width("low")
    assert width(None) == width("medium")


def test_what_speaks_against_a_fact_makes_it_less_sure_from_then_on():
    judged = [one.metric for one in load("2024.1").criteria if one.metric.startswith("curated.")]

    def width(confidence: str, doubted_at: datetime | None) -> float:
        more = {"confidence": confidence, "doubted_at": doubted_at}
        facts = [curated(metric, worth(5, metric), **more) for metric in judged]
        return half_width([*card(5, but=judged), *facts])

    assert width("high", EVE) == width("medium", None)
    assert width("medium", EVE) == width("low", EVE) == width("low", None)
    assert width("high", MAY_DAY) == width("high", None)


def test_confidence_moves_no_score():
    one, other = (verdict_on([*card(5, but=[CHAT]), curated(CHAT, 900, confidence=word)]) for word in ("high", "low"))

    assert one == other


def test_a_peer_more_moves_no_interval_of_a_fully_answered_subject():
    alone = interval(card(5))
    among = drawn([*card(5), *card(8, subject="beta")], "alpha", "beta").intervals.filter(subject="alpha")

    assert among.select("median", "lo", "hi").row(0) == (alone["median"], alone["lo"], alone["hi"])


def test_a_missing_answer_is_anything_between_the_peers():
    """Three peers of 8 leave nothing open; none leave everything from 0 to 10 open."""
    peers = [row for name in ("beta", "gamma", "delta") for row in card(8, subject=name)]
    thin = card(8, but=[CHAT, "discourse.users"])

    among = drawn([*thin, *peers], "alpha", "beta", "gamma", "delta").intervals.filter(subject="alpha")

    assert among["lo"].item() > interval(thin)["lo"]


def test_the_ranks_of_a_subject_and_the_subjects_of_a_rank_sum_to_one():
    answers = [row for name, mark in (("a", 4), ("b", 5), ("c", 5.2)) for row in card(mark, subject=name)]

    ranks = drawn(answers, "a", "b", "c").ranks

    for by in ("subject", "rank"):
        assert ranks.group_by(by).agg(pl.col("probability").sum())["probability"].to_list() == pytest.approx([1] * 3)
    first = dict(ranks.filter(rank=1).select("subject", "probability").iter_rows())
    assert first["c"] > first["b"] > first["a"]


def test_the_likelihood_of_being_first_is_that_of_the_first_rank():
    answers = [*card(5), *card(5.2, subject="beta")]
    found = drawn(answers, "alpha", "beta")

    first = found.ranks.filter(rank=1).sort("subject")["probability"].to_list()
    assert found.intervals.sort("subject")["p_first"].to_list() == first
    assert found.intervals["peers"].to_list() == [2, 2]


def test_ranks_are_within_a_kind():
    kinds = pl.concat([subjects("alpha"), subjects("beta", kind="library")])

    found = drawn([*card(5), *card(9, subject="beta")], kinds=kinds)

    assert found.intervals["p_first"].to_list() == [1, 1]


def test_a_withheld_score_has_no_interval_and_no_rank():
    found = drawn(card(5, but=[one for one in (row["metric"] for row in card(5)) if one.startswith("pwc.")]))

    assert (found.intervals.height, found.dimensions.height, found.ranks.height) == (0, 0, 0)


def test_days_are_drawn_apart():
    both = drawn(card(5), on=(MAY_DAY, MORROW)).intervals

    assert both.filter(as_of=MAY_DAY).row(0) == drawn(card(5)).intervals.row(0)
    assert both.height == 2


def test_measured_and_narrow_is_confident_and_judged_is_not():
    assert interval(card(5))["confidence"] in {"A", "B"}
    assert interval([curated(row["metric"], row["value"], EVE) for row in card(5)])["confidence"] == "C"
