"""A landing leaves unread what goes on as before: the same rows and events stand as where all of it is read."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from tests.warehouse.builders import FOLLOWED, LEARNED, bring, learned, stars, week, weeks
from tests.whole import amount
from warehouse import land as landing
from warehouse.accepted import Acceptance, record_accepted
from warehouse.connection import note_present
from warehouse.frame import frame
from warehouse.land import Run, land
from warehouse.migrate import migrate
from warehouse.query import rows
from warehouse.staging import Staging
from warehouse.undone import record_undone, restated, standing_words, undoing

LANDINGS = amount(7, 60)
SEEDS = amount([1], [1, 2, 3, 4])
STORED = ("observation", "quality_event", "newest_word", "said_again", "accepted", "undone", "run")
PAST = 16
FIGURES = [
    (metric, method, source)
    for metric in ("github.stars", "github.contributors", "github.open_issues", "stackoverflow.questions")
    for method, source in (("snapshot", "github"), ("archived", "best-of"), ("archived", "tracker"))
]
STEADY = "select count(*) from steady_series"


@pytest.fixture
def looked_at(monkeypatch) -> Iterator[list[int]]:
    """Return how many series each landing looks at."""
    found: list[int] = []
    stage = Staging.stage

    def counted(self: Staging, name: str, query: str, **parameters: Any) -> int:
        staged = stage(self, name, query, **parameters)
        if name == "touched":
            found.append(staged)
        return staged

    monkeypatch.setattr(Staging, "stage", counted)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_lands_is_taken_back_or_accepted_what_is_unread_is_judged_and_summed_as_if_it_were_read(
    seed, looked_at
):
    with duckdb.connect() as short, duckdb.connect() as whole:
        for warehouse in (short, whole):
            migrate(warehouse, learned(0))
            note_present(warehouse, week(2000))
        read, read_of_all, years = 0, 0, 0
        for step, brought in enumerate(_brought(random.Random(seed))):  # noqa: S311 - figures, not secrets
            looked_at.clear()
            _write(short, random.Random(f"{seed}-{step}"), step, brought)  # noqa: S311 - as above
            read += sum(looked_at)
            with _everything_is_read(whole):
                looked_at.clear()
                _write(whole, random.Random(f"{seed}-{step}"), step, brought)  # noqa: S311 - as above
            read_of_all += sum(looked_at)
            years += short.sql("select count(*) from year_of_stars").fetchall()[0][0]
            assert _stored(short) == _stored(whole), step
        assert read < 0.8 * read_of_all
        assert years > LANDINGS
        kinds = {row[0] for row in short.sql("select kind from quality_event").fetchall()}
        assert kinds >= amount({"quarantined"}, {"quarantined", "level_shift", "released"})
        derived = {row[0] for row in short.sql("select metric from observation where status = 'derived'").fetchall()}
        assert derived >= {"github.stars_new_365d", "github.contributors_new_365d"}


def test_a_night_that_goes_on_as_before_reads_nothing_and_one_that_steps_is_read(warehouse, looked_at):
    bring(warehouse, *weeks(0, *range(1000, 1040)), at=1)
    bring(warehouse, stars(1040, 40), at=2)
    assert warehouse.sql(STEADY).fetchall() == [(1,)]
    bring(warehouse, stars(1041, 41), at=3)
    bring(warehouse, stars(1300, 42), at=4)
    assert looked_at == [1, 1, 0, 1]
    assert warehouse.sql("select kind from quality_event").fetchall() == [("quarantined",)]
    assert warehouse.sql(STEADY).fetchall() == [(0,)]


def test_a_step_is_small_beside_the_least_of_all_that_is_told_of_its_series(warehouse, looked_at):
    falling = [float(value) for value in range(1000, 600, -10)]
    bring(warehouse, *weeks(0, *falling, metric="github.open_issues"), at=1)
    bring(warehouse, *weeks(40, 600, metric="github.open_issues"), at=2)
    bring(warehouse, *weeks(41, 500, metric="github.open_issues"), at=3)
    bring(warehouse, *weeks(42, 420, metric="github.open_issues"), at=4)
    bring(warehouse, *weeks(43, 420, metric="github.open_issues"), at=5)
    assert looked_at == [1, 1, 1, 1, 1]
    bring(warehouse, *weeks(44, *[420] * 10, metric="github.open_issues"), at=6)
    bring(warehouse, *weeks(54, 421, metric="github.open_issues"), at=7)
    assert looked_at == [1, 1, 1, 1, 1, 1, 0]


def test_a_reading_of_an_earlier_day_is_read(warehouse, looked_at):
    bring(warehouse, *weeks(0, *range(1000, 1040)), at=1)
    bring(warehouse, stars(1040, 40), at=2)
    bring(warehouse, stars(1041, 20.5), at=3)
    assert looked_at == [1, 1, 1]


def test_a_day_of_stars_that_is_told_anew_changes_the_sum_of_the_newest_year(warehouse):
    gained = METRICS["github.stars_gained_1d"]
    bring(warehouse, *(gained.of("jax", _at(-day), 1.0) for day in range(1, 366)), at=1)
    bring(warehouse, gained.of("jax", _at(0), 5.0), at=2)
    bring(warehouse, gained.of("jax", _at(-7), 11.0), gained.of("jax", _at(1), 1.0), at=3)
    told = "select value from observation_current where metric = 'github.stars_new_365d' order by valid_at"
    assert [value for (value,) in warehouse.sql(told).fetchall()] == [375.0, 379.0, 379.0]


@contextmanager
def _everything_is_read(warehouse: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let landings find nothing kept of what goes on as before, and counts of all days."""

    def looked_up(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> list[dict[str, Any]]:
        return [{"until": datetime(9999, 1, 1)}] if name == "gains_until" else rows(connection, name, **parameters)

    for table in ("steady_series", "year_of_stars"):
        warehouse.execute(f"delete from {table}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "rows", looked_up)
        yield


def _stored(warehouse: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    return {name: warehouse.sql(f"from {name} order by all").fetchall() for name in STORED}


@dataclass
class Figures:
    """Random series: where each stands, how fast it goes, and how many days lie between its readings."""

    chance: random.Random
    levels: dict[Any, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.levels = {figure: self.chance.choice([40.0, 1000.0, 5000.0]) for figure in FIGURES}
        self.paces = {figure: self.chance.choice([0.0, 0.002, 0.01]) for figure in FIGURES}
        self.every = {
            figure: 30 if figure[0] == "github.contributors" else self.chance.choice([1, 7]) for figure in FIGURES
        }

    def reading(self, figure: Any, night: float, factor: float = 1.0) -> Observation:
        metric, method, source = figure
        self.levels[figure] *= 1 + self.chance.random() * self.paces[figure]
        at = _at(night * self.every[figure])
        return METRICS[metric].of("jax", at, float(round(self.levels[figure] * factor)), method=method, source=source)

    def night(self, figure: Any, night: float) -> Observation:
        """Return a small step mostly, else a jump, a wrong figure, none, or one of an earlier day."""
        kind = self.chance.random()
        if kind < 0.04:
            self.levels[figure] *= self.chance.choice([0.5, 0.9, 1.04, 1.15, 1.3, 4.0])
        if kind > 0.97:
            metric, method, source = figure
            at = _at(night * self.every[figure])
            return METRICS[metric].missing("jax", at, Reason.UNREACHABLE, method=method, source=source)
        if kind > 0.94:
            night -= self.chance.choice([1, 3, 30])
        return self.reading(figure, night, self.chance.choice([0.0, 0.6, 1.5, 5.0]) if 0.04 < kind < 0.07 else 1.0)


def _brought(chance: random.Random) -> list[list[Observation]]:
    """Return what each landing brings: a past of each figure, then nights on which most go on in small steps."""
    figures = Figures(chance)
    landings = [[figures.reading(figure, -night) for figure in FIGURES for night in range(PAST, 0, -1)]]
    landings[0] += [_star_day("flax", -day, chance) for day in range(367, 0, -1)]
    landings[0] += [_star_day("jax", -day, chance) for day in range(90, 0, -1)]
    landings[0].append(METRICS["github.stars_history_start"].of("jax", _at(-90), 1.0))
    for night in range(1, LANDINGS):
        some = chance.sample(FIGURES, k=chance.choice([len(FIGURES), len(FIGURES), 5]))
        landings.append([figures.night(figure, night) for figure in some])
        landings[-1] += [_star_day(subject, night - 1, chance) for subject in ("flax", "jax")]
        if chance.random() < 0.3:
            landings[-1].append(figures.night(chance.choice(FIGURES), night + 0.25))
            landings[-1].append(_star_day("flax", night - chance.choice([1, 2, 5, 100]), chance, metric_is_missing=0.3))
    return landings


def _star_day(subject: str, day: int, chance: random.Random, metric_is_missing: float = 0.02) -> Observation:
    metric = METRICS["github.stars_gained_1d"]
    if day > -1 and chance.random() < metric_is_missing:
        return metric.missing(subject, _at(day), Reason.UNREACHABLE)
    return metric.of(subject, _at(day), float(chance.randint(0, 9)))


def _at(day: float) -> datetime:
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
    at = chance.randint(0, 2 * step) + 0.5 + step / 1000 if 0.5 < kind < 0.55 else 2 * step + 1
    bring(warehouse, *brought, at=at, run_id=f"run-{step}")


def _undo(warehouse: duckdb.DuckDBPyConnection, run_id: str, step: int) -> None:
    if (run_id,) in warehouse.sql("select run_id from undone_run").fetchall():
        return
    found = undoing(warehouse, run_id)
    words = restated(standing_words(warehouse, found))
    record_undone(warehouse, found, None, learned(2 * step), f"undo-{step}")
    run = Run(f"undo-{step}", "undo", LEARNED, max(LEARNED, week(200)), "1")
    land(warehouse, frame([]), FOLLOWED, run, learned(2 * step), standing=words)
