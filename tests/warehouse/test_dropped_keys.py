"""A key that the catalog has dropped: what its source had measured counts no more from then on, and before it still does."""

from datetime import datetime, timedelta

import duckdb

from catalog.load import Catalog, shipped_observations
from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status
from flows.stages.score import compute_scores
from scoring.rubric_files import load
from tests.warehouse.builders import JAX, week
from warehouse.frame import frame
from warehouse.land import Run, land

DOWNLOADS = METRICS["pypi.downloads_30d"]
KEYED, DROPPED = (
    Catalog(subjects=(JAX.model_copy(update={"pypi": pypi}),), has_history=False) for pypi in ("jax", None)
)


def test_what_was_measured_under_a_dropped_key_counts_no_more_from_the_next_night_on(warehouse):
    night(warehouse, 0, KEYED, DOWNLOADS.of("jax", week(0), 300))
    night(warehouse, 1, DROPPED)

    assert told(warehouse, 1.1) == (None, "not_applicable")
    assert told(warehouse, 0.9) == (300, "measured")
    assert told(warehouse, 1.1, known=0.5) == (300, "measured")
    assert warehouse.sql("select value, status from metric_latest where metric = 'pypi.downloads_30d'").fetchall() == [
        (None, "not_applicable")
    ]
    assert [state(warehouse, at) for at in (0.9, 1.1, 40)] == ["fresh", "not_applicable", "not_applicable"]
    assert state(warehouse, 1.1, known=0.5) == "fresh"


def test_a_night_more_without_the_key_says_nothing_new(warehouse):
    night(warehouse, 0, KEYED, DOWNLOADS.of("jax", week(0), 300))
    night(warehouse, 1, DROPPED)

    night(warehouse, 2, DROPPED)

    assert (count(warehouse, "week-1"), count(warehouse, "week-2")) == (2, 0)


def test_a_key_that_never_was_ends_nothing(warehouse):
    night(warehouse, 0, DROPPED)
    night(warehouse, 1, DROPPED)

    assert warehouse.sql("select max(valid_at) from observation where status = 'not_applicable'").fetchall() == [
        (datetime(1970, 1, 1),)
    ]


def test_a_key_that_comes_back_brings_back_what_was_known_and_can_go_again(warehouse):
    night(warehouse, 0, KEYED, DOWNLOADS.of("jax", week(0), 300))
    night(warehouse, 1, DROPPED)
    night(warehouse, 2, KEYED, DOWNLOADS.of("jax", week(2), 320))

    assert told(warehouse, 2.1) == (320, "measured")
    night(warehouse, 3, DROPPED)
    assert (told(warehouse, 3.1), told(warehouse, 2.9)) == ((None, "not_applicable"), (320, "measured"))


def test_a_key_that_comes_back_twice_is_asked_again_although_what_it_had_brought_was_taken_back(warehouse):
    night(warehouse, 0, KEYED, DOWNLOADS.of("jax", week(0), 300))
    night(warehouse, 1, DROPPED)
    night(warehouse, 2, KEYED, DOWNLOADS.missing("jax", week(0), Reason.RETRACTED))
    night(warehouse, 3, DROPPED)
    silent = f"from observation_current where metric = '{DOWNLOADS.name}' and status = 'not_applicable'"
    assert len(warehouse.execute(silent).fetchall()) == 1

    night(warehouse, 4, KEYED)

    assert warehouse.execute(silent).fetchall() == []


def test_a_judgement_stands_whatever_the_key(warehouse):
    judged = DOWNLOADS.of(
        "jax", week(0), 9, status=Status.CURATED, method="curated", source="review", valid_until=week(90)
    )
    night(warehouse, 0, KEYED, DOWNLOADS.of("jax", week(-1), 300), judged)
    night(warehouse, 1, DROPPED)

    assert told(warehouse, 1.1) == (9, "curated")
    assert state(warehouse, 1.1) == "fresh"


def test_a_gap_closes_where_the_question_makes_no_sense_any_more(warehouse):
    lost = DOWNLOADS.missing("jax", week(1), Reason.UNREACHABLE)
    night(warehouse, 0, KEYED, DOWNLOADS.of("jax", week(0), 300))
    night(warehouse, 1, KEYED, lost)
    assert "pypi.downloads_30d" in gaps(warehouse)

    night(warehouse, 2, DROPPED)

    assert "pypi.downloads_30d" not in gaps(warehouse)


# --- builders ---


def night(warehouse: duckdb.DuckDBPyConnection, number: float, catalog: Catalog, *found: Observation) -> None:
    run = Run(f"week-{number}", "nightly", week(number), week(number) + timedelta(minutes=5), "1")
    land(warehouse, frame(found), catalog, run, standing=frame(shipped_observations(catalog)))


def told(warehouse: duckdb.DuckDBPyConnection, at: float, known: float = 90) -> tuple[float | None, str]:
    asked = f"select value, status from metric_as_of('{week(at)}', '{week(known)}') where metric = '{DOWNLOADS.name}'"
    [found] = warehouse.sql(asked).fetchall()
    return found


def state(warehouse: duckdb.DuckDBPyConnection, at: float, known: float = 90) -> str:
    """Return in which state the downloads go into a score of that moment."""
    scored = compute_scores(warehouse, [week(at)], load("2026.2"), week(known)).scored
    found = scored.contributions.filter(metric=DOWNLOADS.name, subject="jax")
    return str(found["state"][0])


def gaps(warehouse: duckdb.DuckDBPyConnection) -> set[str]:
    return {metric for (metric,) in warehouse.sql("select metric from gap").fetchall()}


def count(warehouse: duckdb.DuckDBPyConnection, run_id: str) -> int:
    """Return how many words of the downloads a run landed."""
    return len(warehouse.sql(f"from observation where run_id = '{run_id}' and metric = '{DOWNLOADS.name}'").fetchall())
