"""A landing leaves steady series unread: the same rows and events stand as where every series is read."""

import random
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from tests.warehouse.builders import FOLLOWED, LEARNED, bring, learned, stars, week, weeks
from tests.whole import amount
from warehouse.accepted import Acceptance, record_accepted
from warehouse.connection import note_present
from warehouse.frame import frame
from warehouse.land import Run, land
from warehouse.migrate import migrate
from warehouse.undone import record_undone, restated, standing_words, undoing

LANDINGS = amount(14, 150)
SEEDS = amount([1], [1, 2, 3, 4])
STORED = ("observation", "quality_event", "newest_word", "said_again", "accepted", "undone", "run")
PAST = 16
FIGURES = [
    (metric, method, source)
    for metric in ("github.stars", "github.contributors", "github.open_issues", "stackoverflow.questions")
    for method, source in (("snapshot", "github"), ("archived", "github"), ("archived", "tracker"))
]
STEADY = "select count(*) from steady_series"


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_lands_is_taken_back_or_accepted_steady_series_are_judged_as_if_they_were_read(seed):
    with duckdb.connect() as short, duckdb.connect() as whole:
        unread = 0
        for warehouse in (short, whole):
            migrate(warehouse, learned(0))
            note_present(warehouse, week(2000))
        for step, brought in enumerate(_brought(random.Random(seed))):  # noqa: S311 - figures, not secrets
            whole.execute("delete from steady_series")
            for warehouse in (short, whole):
                _write(warehouse, random.Random(f"{seed}-{step}"), step, brought)  # noqa: S311 - as above
            assert _everything(short) == _everything(whole), step
            unread += _looked_at(whole) - _looked_at(short)
        assert unread > LANDINGS * len(FIGURES) / 4
        kinds = {row[0] for row in short.sql("select kind from quality_event").fetchall()}
        assert kinds >= amount({"quarantined", "level_shift"}, {"quarantined", "level_shift", "released"})


def test_a_night_that_goes_on_as_before_reads_nothing_and_one_that_steps_is_read(warehouse):
    bring(warehouse, *weeks(0, *range(1000, 1040)), at=1)
    bring(warehouse, stars(1040, 40), at=2)
    assert warehouse.sql(STEADY).fetchall() == [(1,)]
    bring(warehouse, stars(1041, 41), at=3)
    assert _looked_at(warehouse) == 0
    bring(warehouse, stars(1100, 42), at=4)
    assert _looked_at(warehouse) == 1
    assert warehouse.sql("select kind from quality_event").fetchall() == [("level_shift",)]
    assert warehouse.sql(STEADY).fetchall() == [(0,)]


def test_a_step_that_is_small_beside_the_least_before_it_is_measured_by_the_least_since(warehouse):
    falling = [float(value) for value in range(1000, 600, -10)]
    bring(warehouse, *weeks(0, *falling, metric="github.open_issues"), at=1)
    bring(warehouse, *weeks(40, 600, metric="github.open_issues"), at=2)
    bring(warehouse, *weeks(41, 500, metric="github.open_issues"), at=3)
    assert _looked_at(warehouse) == 0
    bring(warehouse, *weeks(42, 410, metric="github.open_issues"), at=4)
    assert _looked_at(warehouse) == 1


def _looked_at(warehouse: duckdb.DuckDBPyConnection) -> int:
    return warehouse.sql("select count(*) from touched").fetchall()[0][0]


def _everything(warehouse: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    return {name: warehouse.sql(f"from {name} order by all").fetchall() for name in STORED}


def _brought(chance: random.Random) -> list[list[Observation]]:
    """Return what each landing brings: a past of each figure, then nights on which most go on in small steps."""
    levels = {figure: chance.choice([40.0, 1000.0, 5000.0]) for figure in FIGURES}
    paces = {figure: chance.choice([0.0, 0.002, 0.01]) for figure in FIGURES}
    every = {figure: chance.choice([1, 1, 7]) for figure in FIGURES}
    landings = [
        [
            _reading(chance, figure, levels, paces, -day * every[figure])
            for figure in FIGURES
            for day in range(PAST, 0, -1)
        ]
    ]
    for night in range(1, LANDINGS):
        some = chance.sample(FIGURES, k=chance.choice([len(FIGURES), len(FIGURES), 5]))
        landings.append([_night(chance, figure, levels, paces, night * every[figure]) for figure in some])
        if chance.random() < 0.3:
            landings[-1].append(_night(chance, chance.choice(FIGURES), levels, paces, night * 7 + 0.25))
    return landings


def _night(
    chance: random.Random, figure: Any, levels: dict[Any, float], paces: dict[Any, float], day: float
) -> Observation:
    kind = chance.random()
    if kind < 0.04:
        levels[figure] *= chance.choice([0.5, 0.9, 1.04, 1.15, 1.3, 4.0])
    if kind > 0.97:
        metric, method, source = figure
        return METRICS[metric].missing("jax", _at(day), Reason.UNREACHABLE, method=method, source=source)
    if kind > 0.94:
        day -= chance.choice([1, 7, 30, 200])
    factor = chance.choice([0.0, 0.6, 1.5, 5.0]) if 0.04 < kind < 0.06 else 1.0
    return _reading(chance, figure, levels, paces, day, factor)


def _reading(  # noqa: PLR0913 - what a figure is made of
    chance: random.Random,
    figure: Any,
    levels: dict[Any, float],
    paces: dict[Any, float],
    day: float,
    factor: float = 1.0,
) -> Observation:
    metric, method, source = figure
    levels[figure] *= 1 + chance.random() * paces[figure]
    return METRICS[metric].of("jax", _at(day), float(round(levels[figure] * factor)), method=method, source=source)


def _at(day: float) -> Any:
    return week(60) + timedelta(days=day)


def _write(warehouse: duckdb.DuckDBPyConnection, chance: random.Random, step: int, brought: list[Observation]) -> None:
    """Land, a few times learned before what is known; or first take a run back, or accept what is held."""
    kind = chance.random()
    landed = [
        row[0] for row in warehouse.sql("select run_id from run where kind = 'import' order by run_id").fetchall()
    ]
    if kind < 0.1 and step > 2:
        _undo(warehouse, chance.choice(landed), step)
    held = warehouse.sql("select metric from observation_current where reason = 'quarantined' order by all").fetchall()
    if kind > 0.9 and held:
        record_accepted(warehouse, Acceptance("jax", held[0][0], None, "seen"), learned(2 * step), f"accept-{step}")
    at = chance.randint(0, 2 * step) if 0.5 < kind < 0.55 else 2 * step + 1
    bring(warehouse, *brought, at=at, run_id=f"run-{step}")


def _undo(warehouse: duckdb.DuckDBPyConnection, run_id: str, step: int) -> None:
    if (run_id,) in warehouse.sql("select run_id from undone_run").fetchall():
        return
    found = undoing(warehouse, run_id)
    words = restated(standing_words(warehouse, found))
    record_undone(warehouse, found, None, learned(2 * step), f"undo-{step}")
    run = Run(f"undo-{step}", "undo", LEARNED, max(LEARNED, week(200)), "1")
    land(warehouse, frame([]), FOLLOWED, run, learned(2 * step), standing=words)
