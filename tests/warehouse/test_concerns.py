"""A landing leaves out what nothing that has come concerns: the same rows and events stand as where it does everything."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from tests.warehouse.builders import FOLLOWED, JAX, bring, learned, week
from tests.whole import amount
from warehouse import land
from warehouse.concerns import Concerns
from warehouse.connection import note_present
from warehouse.migrate import migrate
from warehouse.staging import Staging

LANDINGS = amount(10, 80)
STORED = ("observation", "quality_event", "newest_word", "said_again", "metric", "subject", "run")
WAYS = [
    ("github.stars", "snapshot", "github"),
    ("github.stars", "archived", "best-of"),
    ("github.stars", "reconstructed", "github"),
    ("github.stars_gained_1d", "exact_retained", "github"),
    ("github.contributors", "archived", "best-of"),
    ("github.commits_90d", "exact", "git"),
    ("github.commits_90d", "exact", "github"),
    ("github.open_issues", "snapshot", "github"),
    ("stackoverflow.questions", "snapshot", "stackoverflow"),
]


@pytest.mark.parametrize("seed", amount([4], [3, 4, 5]))
def test_what_is_left_out_would_have_changed_nothing(seed, monkeypatch):
    brought = list(_landings(random.Random(seed)))  # noqa: S311 - figures, not secrets
    with duckdb.connect() as short:
        _prepare(short)
        for number, (at, observations) in enumerate(brought):
            bring(short, *observations, at=at, run_id=f"run-{number}", catalog=_catalog(number))
        some = _everything(short)
    _do_everything(monkeypatch)
    with duckdb.connect() as whole:
        _prepare(whole)
        for number, (at, observations) in enumerate(brought):
            bring(whole, *observations, at=at, run_id=f"run-{number}", catalog=_catalog(number))
        every = _everything(whole)
    assert some == every
    kinds = {row[6] for row in every["quality_event"]}
    assert {"disagreement", "quarantined"} <= kinds
    assert {row[11] for row in every["observation"]} >= {"derived", "measured", "missing", "not_applicable"}


def _landings(chance: random.Random) -> Iterator[tuple[int | None, list[Observation]]]:
    """Yield random readings with jumps, late and repeated ones, and when they are learned (None: after all else)."""
    told: list[Observation] = []
    for number in range(LANDINGS):
        ways = chance.sample(WAYS, k=chance.choice([1, 2, 4, 6]))
        found = [_reading(chance, way, number) for way in ways for _ in range(chance.choice([1, 1, 8]))]
        if chance.random() < 0.3:
            found.append(METRICS["discourse.users"].not_applicable("jax"))
        if told and chance.random() < 0.4:
            found += chance.choices(told, k=2)
        told += found
        yield (None if chance.random() < 0.8 else chance.randint(0, number)), found


def _reading(chance: random.Random, way: tuple[str, str, str], number: int) -> Observation:
    metric, method, source = way
    at = week(chance.randint(0, 60)) + timedelta(days=chance.choice([0, 0, 1]))
    where: dict[str, Any] = {"method": method, "source": source}
    if chance.random() < 0.1:
        return METRICS[metric].missing("jax", at, Reason.UNREACHABLE, **where)
    return METRICS[metric].of("jax", at, float(chance.choice([1000, 1001, 1010, 1300, 1000, 1005, 9000])), **where)


def _catalog(number: int) -> Catalog:
    return FOLLOWED if number % 3 else Catalog(subjects=(JAX,))


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    migrate(connection, learned(0))
    note_present(connection, week(2000))


def _everything(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    return {name: connection.sql(f"from {name} order by all").fetchall() for name in STORED}


def _do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a landing take every step, whatever has come."""

    class Everything(Concerns):
        def are_beside(self, *_: Any) -> bool:
            return True

    told = land.concerns

    def every(connection: duckdb.DuckDBPyConnection) -> Concerns:
        found = told(connection)
        since = {"stars_since": found.stars_since or week(0), "gains_since": found.gains_since or week(0)}
        return Everything(**since, is_reconciled=True, is_beside_trackers=True)

    stage = Staging.stage

    def staged(self: Staging, name: str, query: str, **parameters: Any) -> int:
        found = stage(self, name, query, **parameters)
        return max(found, 1) if name in {"word", "touched", "unsettled"} else found

    monkeypatch.setattr(land, "concerns", every)
    monkeypatch.setattr(Staging, "stage", staged)
