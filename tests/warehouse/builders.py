"""Small readings and landings for the tests of the warehouse: a week is a number, so is a moment of learning."""

from datetime import datetime, timedelta
from typing import Any

import duckdb

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from catalog.subject import Subject
from warehouse.frame import frame
from warehouse.land import LandingResult, Run, land

JAX = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax", github_id=154739597)
FLAX = Subject(id="flax", name="Flax", kind="library", github="google/flax")
FOLLOWED = Catalog(subjects=(JAX, FLAX))
MONDAY = datetime(2026, 1, 5)
LEARNED = datetime(2026, 6, 1)


def week(number: float) -> datetime:
    """Return the Monday so many weeks after the first one, 2026-01-05."""
    return MONDAY + timedelta(weeks=number)


def learned(number: float) -> datetime:
    """Return the moment so many hours after the first one at which anything was learned, 2026-06-01 00:00."""
    return LEARNED + timedelta(hours=number)


def stars(value: float | None, number: float, metric: str = "github.stars", **more: Any) -> Observation:
    """Return a reading of a week; of None, a missing one."""
    if value is None:
        return METRICS[metric].missing("jax", week(number), more.pop("reason", Reason.UNREACHABLE), **more)
    return METRICS[metric].of("jax", week(number), value, **more)


def bring(
    warehouse: duckdb.DuckDBPyConnection,
    *observations: Observation,
    at: float | None = None,
    catalog: Catalog = FOLLOWED,
    run_id: str = "run",
) -> LandingResult:
    """Land the observations, learned `at` that hour."""
    known_at = None if at is None else learned(at)
    newest = max((one.valid_at for one in observations), default=LEARNED)
    run = Run(run_id, "import", LEARNED, max(LEARNED, newest), "1")
    return land(warehouse, frame(observations), catalog, run, known_at)


def weeks(first: int, *values: float | None, **more: Any) -> list[Observation]:
    """Return readings a week apart, from week `first` on."""
    return [stars(value, number, **more) for number, value in enumerate(values, start=first)]


def effective(
    warehouse: duckdb.DuckDBPyConnection, at_week: float, known: int = 1000, metric: str = "github.stars"
) -> float | None:
    """Return the effective value just after the Monday of that week, with what was known by that hour."""
    found = answer(warehouse, at_week, known, metric)
    return found["value"] if found else None


def answer(
    warehouse: duckdb.DuckDBPyConnection, at_week: float, known: int = 1000, metric: str = "github.stars"
) -> dict[str, Any]:
    """Return the whole effective row just after the Monday of that week; empty where there is none."""
    asked = f"from metric_as_of('{week(at_week) + timedelta(hours=1)}', '{learned(known)}') where metric = '{metric}'"
    relation = warehouse.sql(f"{asked} and subject = 'jax'")
    return next((dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()), {})


def held(warehouse: duckdb.DuckDBPyConnection) -> list[float]:
    """Return the values that are held back now, in order of time."""
    query = "select value from observation_current where reason = 'quarantined' order by metric, source, valid_at"
    return [row[0] for row in warehouse.sql(query).fetchall()]


def one(warehouse: duckdb.DuckDBPyConnection, query: str) -> Any:
    """Return the one figure that a query gives."""
    return warehouse.sql(query).fetchall()[0][0]


def empty(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Leave the warehouse as its migrations made it."""
    named = "select table_name from duckdb_tables() where table_name <> 'migration' and not temporary"
    for (table,) in warehouse.sql(named).fetchall():
        warehouse.execute(f"delete from {table}")
