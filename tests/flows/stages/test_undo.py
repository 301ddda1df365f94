"""Undo: figures are as if the run had never landed, derived ones and scores included, and the past stays told."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from catalog.errors import InputError
from catalog.load import read_catalog, shipped_observations
from catalog.metric import METRICS
from catalog.observation import Observation
from flows.stages.derive_past import past_liveness
from flows.stages.score import compute_scores
from flows.stages.undo import take_back
from scoring.rubric_files import available, load
from tests.warehouse.builders import empty
from tests.whole import amount
from warehouse.connection import whole
from warehouse.daily_papers import papers_known
from warehouse.facts import append_facts
from warehouse.frame import frame
from warehouse.land import Run, add
from warehouse.migrate import migrate
from warehouse.query import rows
from warehouse.undone import undoing

MONDAY, LEARNED = datetime(2024, 1, 1), datetime(2026, 6, 1)
FEW = read_catalog(
    """
schema = 1
history = false
[[subject]]
id = "jax"
name = "JAX"
kind = "framework"
github = "jax-ml/jax"
""",
    "few",
)
SCORED = [datetime(2025, 7, 1), datetime(2025, 9, 1)]
EFFECTIVE = """
  select subject, metric, method, source, valid_at, status, reason, value, n, url from observation_current
  where reason is distinct from 'retracted'
    and not (reason is not distinct from 'incomplete' and method = 'reconstructed' and n is null)
  order by all
"""
STATES_TOLD = """
  select valid_at, value from observation_current where metric = 'liveness.main' and status = 'derived' order by all
"""
TRACKED = ("github.stars", "github.commits_total", "github.last_push_age_d")
Step = list[Observation] | int


@st.composite
def a_landing(draw: st.DrawFn) -> list[Observation]:
    """Readings of one metric a week apart: a level that may shift for good, or be lost for a while."""
    first, level = draw(st.integers(0, 70)), draw(st.sampled_from([100.0, 103.0, 80.0, 60.0]))
    if draw(st.booleans()):
        return gained(draw(st.integers(0, 4)), draw(st.integers(1, 5)), draw(st.integers(1, 2)))
    return [one for week in range(first, first + draw(st.integers(1, 9))) for one in tracked(week, level + week)]


@st.composite
def a_story(draw: st.DrawFn) -> list[Step]:
    """Landings, and numbers of landings that are taken back somewhere on the way; one of those may be taken back too."""
    steps: list[Step] = [draw(a_landing()) for _ in range(draw(st.integers(2, 5)))]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(1, len(steps)))
        steps.insert(place, draw(st.integers(0, place - 1)))
    return steps


@settings(
    max_examples=amount(1, 2),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=a_story())
def test_what_is_undone_is_as_if_it_had_never_landed(two_worlds, story):
    ours, other = two_worlds
    begin(other)
    for number in tell(ours, story):
        land(other, number, story[number])

    assert ours.sql(EFFECTIVE).fetchall() == other.sql(EFFECTIVE).fetchall()
    assert scores(ours).equals(scores(other))


def test_states_of_past_days_are_told_again_from_the_counts_that_stand(two_worlds):
    ours, _ = two_worlds
    begin(ours)
    land(ours, 0, [one for week in range(9) for one in tracked(week, 100.0 + week)])
    states = ours.sql(STATES_TOLD).fetchall()
    land(ours, 1, [one for week in range(9, 12) for one in tracked(week, 100.0 + week)])
    undo(ours, 2, 1)

    assert len(states) == 9
    assert ours.sql(STATES_TOLD).fetchall() == states


def test_what_a_later_run_judged_anew_is_taken_back_as_well(two_worlds):
    ours, _ = two_worlds
    begin(ours)
    land(ours, 0, [one for week in (9, 10, 11) for one in tracked(week, 100.0)])
    land(ours, 1, [one for week in range(9) for one in tracked(week, 1_000.0)])
    held = ours.sql("select count(*) from observation_current where reason = 'quarantined'").fetchall()
    undo(ours, 2, 0)

    left = f"from observation_current where source = 'tracker' and valid_at > '{weeks(8)}' and value is not null"
    assert held != [(0,)]
    assert ours.sql(left).fetchall() == []


def test_papers_of_an_undone_run_count_no_more_and_are_asked_for_again(two_worlds):
    ours, _ = two_worlds
    begin(ours)
    land(ours, 0, [])
    paper = {"listed_on": MONDAY.date(), "paper_id": "one", "repository": "a/b", "frameworks": "jax", "packages": "jax"}
    append_facts(ours, "paper", [paper], LEARNED, "run-0")
    undo(ours, 1, 0)

    assert papers(ours) == 0
    assert rows(ours, "memory_papers", before=LEARNED + timedelta(days=9)) == []
    assert append_facts(ours, "paper", [paper], LEARNED + timedelta(hours=2), "run-2") == 1
    assert papers(ours) == 1


# --- fixtures and builders ---


@pytest.fixture(scope="module")
def two_worlds() -> Iterator[tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]]:
    ours, other = duckdb.connect(), duckdb.connect()
    for one in (ours, other):
        migrate(one, LEARNED)
    yield ours, other
    ours.close()
    other.close()


def tell(ours: duckdb.DuckDBPyConnection, story: list[Step]) -> list[int]:
    """Land and undo as the story goes; return the landings that stand at its end."""
    begin(ours)
    targets: dict[int, int] = {}
    for number, step in enumerate(story):
        if not isinstance(step, int):
            land(ours, number, step)
        elif stands(step, targets) and (step in targets or not isinstance(story[step], int)):
            undo(ours, number, step)
            targets[number] = step
        else:
            with pytest.raises(InputError):
                undo(ours, number, step)
    return [number for number, step in enumerate(story) if not isinstance(step, int) and stands(number, targets)]


def stands(number: int, targets: dict[int, int]) -> bool:
    """Return whether no undo that stands is aimed at a step."""
    return not any(aim == number and stands(undoer, targets) for undoer, aim in targets.items())


def begin(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Leave in a warehouse what ships with the package alone."""
    empty(warehouse)
    land(warehouse, -1, [])


def run(kind: str, number: int) -> Run:
    moment = LEARNED + timedelta(hours=number)
    return Run(f"run-{number}", kind, moment, moment, "1")


def land(warehouse: duckdb.DuckDBPyConnection, number: int, observations: list[Observation]) -> None:
    """Land as an import does."""
    shipped, run_of = frame(shipped_observations(FEW)), run("import", number)
    with whole(warehouse):
        add(warehouse, frame(observations), FEW, run_of, standing=shipped)
        add(warehouse, past_liveness(warehouse), FEW, run_of)


def undo(warehouse: duckdb.DuckDBPyConnection, number: int, target: int) -> None:
    with whole(warehouse):
        take_back(warehouse, FEW, undoing(warehouse, f"run-{target}"), run("undo", number))


def scores(warehouse: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Return the scores of two days under the newest rubric, without what tells when something was learned."""
    found = compute_scores(warehouse, SCORED, load(available()[-1]), LEARNED + timedelta(days=100))
    return found.scored.scores.drop("inputs_sha256", "is_reconstructed")


def papers(warehouse: duckdb.DuckDBPyConnection) -> int:
    return papers_known(warehouse, weeks(1), LEARNED + timedelta(days=9)).height


def weeks(number: float) -> datetime:
    return MONDAY + timedelta(weeks=number)


def tracked(week: int, level: float) -> list[Observation]:
    """Return what a tracker says in a week: stars, all commits, and a push of the day before."""
    more = {"method": "archived", "source": "tracker"}
    values = (level, 1_000 + 5 * level, 1.0)
    return [METRICS[name].of("jax", weeks(week), value, **more) for name, value in zip(TRACKED, values, strict=True)]


def gained(first: int, days: int, stars: int) -> list[Observation]:
    """Return some days of a star history that begins in week 60."""
    more = {"method": "exact_retained", "source": "github"}
    span = [weeks(60) + timedelta(days=day) for day in range(first, first + days)]
    history = METRICS["github.stars_history_start"].of("jax", weeks(60), 0, **more)
    return [history, *(METRICS["github.stars_gained_1d"].of("jax", day, stars, **more) for day in span)]
