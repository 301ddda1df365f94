"""What is dated later than the clock of whoever wrote last is not the newest; a clock that was ahead freezes nothing."""

import re
from datetime import date, datetime, timedelta

import pytest

from catalog.metric import METRICS
from catalog.observation import Observation
from tests.warehouse.builders import FOLLOWED, bring, one, stars, week, weeks
from warehouse.connection import note_present
from warehouse.facts import FACTS, append_facts
from warehouse.frame import frame
from warehouse.freshness import freshness
from warehouse.land import Run, land, next_moment
from warehouse.query import rows, statement
from warehouse.scores import UsedRubric, use_rubric


def test_a_row_that_is_dated_after_the_last_writing_is_not_the_latest(warehouse):
    note_present(warehouse, week(2))
    bring(warehouse, *weeks(0, 100, 103), stars(109, 9_000), stars(None, 8_000, "github.forks"), at=1)

    assert warehouse.sql("select metric, value from metric_latest").fetchall() == [("github.stars", 103)]
    assert warehouse.sql("from gap").fetchall() == []
    fresh = {row["source"]: row["newest"] for row in freshness(warehouse)}
    assert fresh["github"] == week(1)
    note_present(warehouse, week(9_001))
    assert warehouse.sql("select value from metric_latest where metric = 'github.stars'").fetchall() == [(109,)]


def test_a_score_of_a_day_to_come_is_not_the_latest_and_one_of_tonight_is(warehouse):
    tonight = week(2) + timedelta(days=1)
    note_present(warehouse, week(2) + timedelta(hours=3))
    use_rubric(warehouse, UsedRubric("2024.1", "", date(2024, 1, 1), is_default=True), week(0))
    columns = (
        "subject, as_of, rubric, known_at, coverage, measured_share, status, inputs_sha256, is_reconstructed, run_id"
    )
    for as_of in (week(1), tonight, week(200)):
        told = ["jax", as_of, "2024.1", week(0), 1, 1, "final", "", False, ""]
        warehouse.execute(f"insert into score ({columns}) values ({', '.join('?' * len(told))})", told)

    assert warehouse.sql("select as_of from latest_score").fetchall() == [(tonight,)]


def test_after_a_night_whose_clock_was_a_year_ahead_the_next_night_counts_at_once(warehouse):
    ahead, right = week(60), week(8)
    note_present(warehouse, ahead)
    first = night(warehouse, METRICS["github.stars"].of("jax", ahead, 90), ahead)
    note_present(warehouse, right)
    second = night(warehouse, METRICS["github.stars"].of("jax", right, 108), right)

    assert (first, second) == (ahead, ahead + timedelta(microseconds=1))
    assert warehouse.sql("select value from metric_latest where metric = 'github.stars'").fetchall() == [(108,)]
    asked = f"select value from metric_as_of('{right + timedelta(days=1)}', '{second}') where metric = 'github.stars'"
    assert one(warehouse, asked) == 108
    assert rows(warehouse, "last_runs")[0]["started_at"] == right


def test_what_landed_without_observations_is_knowledge_too(warehouse):
    paper = {"listed_on": week(0).date(), "paper_id": "one"}
    append_facts(warehouse, "paper", [paper], week(60), "ahead")

    assert next_moment(warehouse, week(8)) == week(60) + timedelta(microseconds=1)


@pytest.mark.parametrize("table", sorted({*FACTS, "observation", "score", "run", "subject", "curated_fact"}))
def test_everything_that_is_stored_with_its_moment_counts_as_knowledge(table):
    assert re.search(rf"from {table}\b", statement("newest_knowledge"))


def night(warehouse, reading: Observation, clock: datetime) -> datetime:
    """Land one reading as a night does whose clock shows that moment; return since when it is known."""
    run = Run(f"{clock:%Y%m%d}", "nightly", clock, clock, "1")
    return land(warehouse, frame([reading]), FOLLOWED, run).known_at
