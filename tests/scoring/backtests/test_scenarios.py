"""Other worlds move a score as docs/backtests.md says; peers move no number, and a score that leaned on them is caught."""

from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from catalog.load import load_catalog
from scoring.backtests.scenarios import rank_robustness, without_each
from scoring.score import Scored, marks, score
from tests.scoring.builders import MAY_DAY, RUBRIC, card, days, evidence, of_facts, subjects

JANUARY = datetime(2024, 1, 31)
SEED = {
    "inputs": (8.79, 8.51, 9.06),
    "goalposts": (8.95, 8.79, 9.11),
    "inner weights": (8.97, 8.82, 9.10),
    "dimension weights": (8.97, 8.86, 9.07),
    "any dimension weights": (8.96, 8.53, 9.37),
    "everything": (8.76, 8.39, 9.13),
}


@pytest.mark.parametrize("world", SEED)
def test_the_seed_bears_other_worlds_as_the_method_measured(world):
    told = of_facts([fact.observe() for fact in load_catalog().facts if fact.source == "seed card"])
    row = robust(told, subjects("pytorch"), JANUARY).row(by_predicate=pl.col("world") == world, named=True)

    assert (row["median"], row["lo"], row["hi"]) == pytest.approx(SEED[world], abs=0.1)


def test_only_what_is_stirred_moves():
    """All dimensions have about the same score, so that their weights are about the same to it."""
    rows = robust(evidence(card(6)), subjects("alpha"), MAY_DAY)
    widths = dict(rows.select("world", pl.col("hi") - pl.col("lo")).iter_rows())

    assert widths["dimension weights"] < 0.15 < widths["inputs"] < widths["everything"]
    assert widths["aggregator"] < 0.01


def test_the_best_of_three_stays_first_whatever_the_weights():
    answers = [row for name, mark in (("a", 9), ("b", 5), ("c", 4)) for row in card(mark, subject=name)]
    rows = robust(evidence(answers), subjects("a", "b", "c"), MAY_DAY)

    assert rows.filter(subject="a")["p_first"].min() == 1.0
    assert rows["peers"].unique().to_list() == [3]


def test_where_nothing_is_published_there_is_no_ranking():
    assert robust(evidence([]), subjects("alpha"), MAY_DAY).is_empty()


def test_no_number_moves_when_a_peer_is_left_out():
    answers = [*card(9), *card(5, subject="beta", but=["github.stars"]), *card(4, subject="gamma"),
               *card(6, subject="delta")]  # fmt: skip
    told = evidence(answers)

    found = without_each(
        subjects("alpha", "beta", "gamma", "delta"), lambda who: score(told, who, days(MAY_DAY), RUBRIC)
    )

    assert found["left_out"].to_list() == ["alpha", "beta", "delta", "gamma"]
    assert found["moved"].to_list() == [0.0] * 4
    assert found["bounds"].max() > 0


def test_a_score_that_leans_on_its_peers_is_caught():
    told = evidence([row for name, mark in (("a", 9), ("b", 5), ("c", 4)) for row in card(mark, subject=name)])

    def relative(who: pl.DataFrame) -> Scored:
        found = score(told, who, days(MAY_DAY), RUBRIC)
        best = found.scores["speed_raw"].max()
        return replace(found, scores=found.scores.with_columns(pl.col("speed_raw") / best))

    assert without_each(subjects("a", "b", "c"), relative)["moved"].to_list() != [0.0] * 3


def test_a_score_that_comes_and_goes_with_a_peer_is_caught():
    told = evidence([row for name in ("a", "b") for row in card(5, subject=name)])

    def only_in_company(who: pl.DataFrame) -> Scored:
        found = score(told, who, days(MAY_DAY), RUBRIC)
        raw = pl.when(pl.lit(who.height > 1)).then("speed_raw")
        return replace(found, scores=found.scores.with_columns(speed_raw=raw))

    assert without_each(subjects("a", "b"), only_in_company)["moved"].to_list() == [float("inf")] * 2


def robust(told: pl.DataFrame, who: pl.DataFrame, on: datetime) -> pl.DataFrame:
    return rank_robustness(marks(told, who, days(on), RUBRIC), score(told, who, days(on), RUBRIC), RUBRIC)
