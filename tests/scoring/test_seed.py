"""The golden card: the figures of January 2024 give the numbers of docs/method.md to the last published digit."""

from datetime import datetime
from functools import cache

import polars as pl
import pytest

from catalog.load import load_catalog
from scoring.score import Scored, score
from tests.scoring.builders import RUBRIC, answer, days, dimension, of_facts, subjects

JANUARY = datetime(2024, 1, 31)
FEBRUARY = datetime(2024, 2, 1)
RAW = {"ecosystem": 9.4847, "production": 8.5, "research": 9.7733, "learning": 9.0278, "performance": 8.0353}
PUBLISHED = {"ecosystem": 9.5, "production": 8.5, "research": 9.8, "learning": 9.0, "performance": 8.0}
MARKS = {
    "github.stars": 9.622,
    "github.forks": 9.484,
    "github.contributors": 9.847,
    "github.commits_week": 9.498,
    "github.issue_close_30d": 8.889,
    "discourse.users": 8.997,
    "stackoverflow.questions": 9.765,
    "discord.members": 9.261,
    "curated.cloud": 10.0,
    "curated.mobile": 7.5,
    "curated.web": 2.5,
    "pwc.share_neurips": 10.0,
    "pwc.share_icml": 9.867,
    "pwc.share_iclr": 10.0,
    "pwc.share_glue": 9.0,
    "pwc.share_slope_pp": 10.0,
    "curated.official_docs": 10.0,
    "curated.error_clarity": 7.5,
    "curated.weeks_beginner": 6.25,
    "curated.weeks_numpy": 8.75,
    "curated.weeks_switch": 10.0,
    "curated.rel_resnet50": 8.614,
    "curated.rel_bert": 8.614,
    "curated.rel_gpt3": 6.787,
    "curated.inf_tpu": 5.0,
    "curated.mem_base": 7.5,
}


@pytest.mark.parametrize("on", [JANUARY, FEBRUARY], ids=["as of 2024-01-31", "as of 2024-02-01"])
def test_the_seed_card_scores_nine(on):
    row = seed(on).scores.row(0, named=True)

    assert {name: row[name] for name in PUBLISHED} == PUBLISHED
    assert row["speed_mean"] == 8.96
    assert row["speed_score"] == 9.0
    assert round(row["speed_raw"], 4) == 8.9642
    assert row["status"] == "final"
    assert row["reason"] is None
    assert row["coverage"] == 1.0


@pytest.mark.parametrize("on", [JANUARY, FEBRUARY], ids=["as of 2024-01-31", "as of 2024-02-01"])
def test_the_dimensions_before_rounding_are_those_of_the_method(on):
    rows = seed(on).dimensions

    assert {name: round(raw, 4) for name, raw in rows.select("dimension", "raw").iter_rows()} == RAW


def test_the_contributions_sum_to_the_score():
    found = seed(JANUARY)

    assert found.contributions["points"].sum() == pytest.approx(found.scores["speed_raw"].item(), abs=1e-9)


@pytest.mark.parametrize(("metric", "mark"), MARKS.items())
def test_each_figure_earns_the_mark_of_the_method(metric, mark):
    rows = seed(JANUARY).contributions

    assert rows.row(by_predicate=pl.col("metric") == metric, named=True)["mark"] == pytest.approx(mark, abs=5e-4)


def test_the_interval_is_a_point_where_everything_is_answered():
    row = seed(JANUARY).scores.row(0, named=True)

    assert (row["lo"], row["hi"]) == pytest.approx((row["speed_raw"], row["speed_raw"]))


def test_the_seed_was_judged_by_people_not_measured():
    assert seed(JANUARY).scores["measured_share"].item() == 0.0


def test_before_its_first_day_the_seed_says_nothing():
    row = seed(datetime(2024, 1, 15)).scores.row(0, named=True)

    assert (row["status"], row["coverage"], row["speed_raw"]) == ("withheld", 0.0, None)


@pytest.mark.parametrize(
    ("figures", "published"),
    [
        pytest.param((179_941, 72_055, 4_533, 250, 82_000), 9.9, id="TensorFlow"),
        pytest.param((26_467, 2_476, 625, 58.7, 1_000), 6.1, id="JAX"),
    ],
)
def test_measured_frameworks_get_the_ecosystem_of_the_method(figures, published):
    names = ["github.stars", "github.forks", "github.contributors", "github.commits_week", "stackoverflow.questions"]
    asked = [answer(name, value, JANUARY) for name, value in zip(names, figures, strict=True)]

    row = dimension("ecosystem", asked, FEBRUARY)

    assert row["score"] == published
    assert row["coverage"] == pytest.approx(0.6875)


@cache
def seed(on: datetime) -> Scored:
    facts = [fact.observe() for fact in load_catalog().facts if fact.source == "seed card"]
    curated = of_facts(facts)
    return score(curated, subjects("pytorch"), days(on), RUBRIC)
