"""Land what a run brought: all of it or nothing, each fact once, implausible values held back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb
import polars as pl

from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.moments import EPOCH
from catalog.tolerance import TOLERANCES
from warehouse.concerns import Concerns, concerns
from warehouse.connection import whole
from warehouse.door import Door
from warehouse.exchange import registered
from warehouse.frame import ARRIVED
from warehouse.gates import Verdict, judge
from warehouse.newest import keep_newest
from warehouse.query import rows, statement
from warehouse.steady import keep_steady
from warehouse.steps import Reading

SERIES = ("subject", "metric", "method", "source")
LOOKED_BACK = timedelta(weeks=40)
"""How far before the oldest reading that has come the gates read: half a year before ten readings, of weekly ones."""
READING = ("valid_at", "value", "median", "spread", "history", "pace", "pace_spread", "accepted")
FILE_ONLY = {"value", "ratio", "evidence_sha256", "reviewer", "supersedes", "contested"}
VERDICT: dict[str, type[pl.DataType] | pl.DataType] = {
    **dict.fromkeys(SERIES, pl.String),
    "valid_at": pl.Datetime("us"),
    "value": pl.Float64,
    "is_held": pl.Boolean,
    "was_held": pl.Boolean,
    "is_new_level": pl.Boolean,
    "expected": pl.Float64,
    "why": pl.String,
}
NOTICED: dict[str, type[pl.DataType] | pl.DataType] = {
    **dict.fromkeys(("subject", "metric", "source", "kind", "detail"), pl.String),
    "valid_at": pl.Datetime("us"),
    "value": pl.Float64,
    "expected": pl.Float64,
}
BY_NAME = itemgetter("metric")
NOTHING = pl.DataFrame(schema=NOTICED)
NO_ROWS = pl.DataFrame(schema=ARRIVED)


@dataclass(frozen=True)
class Run:
    """Who landed what and when it was asked; `started_at` and `finished_at` are naive UTC."""

    run_id: str
    kind: str
    started_at: datetime
    finished_at: datetime
    version: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LandingResult:
    """What a landing added, counted."""

    known_at: datetime
    observations: int
    missing: int
    quarantined: int
    revised: int
    refused: int = 0
    """Rows that were brought and are about a moment that cannot have been."""


def land(  # noqa: PLR0913 - what lands in one transaction is handed over at once
    connection: duckdb.DuckDBPyConnection,
    arrived: pl.DataFrame | Iterable[pl.DataFrame],
    catalog: Catalog,
    run: Run,
    known_at: datetime | None = None,
    *,
    standing: pl.DataFrame = NO_ROWS,
    noticed: pl.DataFrame = NOTHING,
) -> LandingResult:
    """Add what is new in one transaction; the same rows landed twice are landed once.

    What is about a moment that cannot have been by the end of the run is refused and counted. `known_at` defaults to
    the end of the run, moved past everything that is known already. What arrived may come in parts. `standing` is
    known without the run, columns as in ARRIVED; `noticed` are events, with the columns of NOTICED.
    """
    with whole(connection):
        return add(connection, arrived, catalog, run, known_at, standing=standing, noticed=noticed)


def add(  # noqa: PLR0913 - as `land`
    connection: duckdb.DuckDBPyConnection,
    arrived: pl.DataFrame | Iterable[pl.DataFrame],
    catalog: Catalog,
    run: Run,
    known_at: datetime | None = None,
    *,
    standing: pl.DataFrame = NO_ROWS,
    noticed: pl.DataFrame = NOTHING,
) -> LandingResult:
    """Do what `land` does within a transaction that is open already."""
    known_at = known_at or next_moment(connection, run.finished_at)
    door, parts = Door(run.finished_at), [arrived] if isinstance(arrived, pl.DataFrame) else arrived
    brought, known = door.let_in(parts), Door(run.finished_at).let_in([standing])
    with registered(connection, known=known, brought=brought):
        _execute(connection, "name_arrived")
        _describe(connection, catalog, known_at)
        asked = rows(connection, "asked_since")[0]
        _stage(connection, run, known_at, asked["since"] or EPOCH)
        _notice(connection, noticed, {"known_at": known_at, "run_id": run.run_id})
        landed = _insert(connection, run, known_at, has_catalog=asked["has_catalog"])
        return replace(_record(connection, run, *landed, known_at), refused=door.refused)


def _stage(connection: duckdb.DuckDBPyConnection, run: Run, known_at: datetime, floor: datetime) -> None:
    """Show what is new of all that arrived as `incoming`, and keep what is not."""
    said = _execute(connection, "stage_said", known_at=known_at, floor=floor)
    if said or rows(connection, "repeats")[0]["is_any"]:
        _execute(connection, "stage_new")
        _execute(connection, "show_new")
    else:
        _execute(connection, "show_arrived")
    if said:
        _execute(connection, "keep_said_again", known_at=known_at, run_id=run.run_id)


def _insert(
    connection: duckdb.DuckDBPyConnection, run: Run, known_at: datetime, *, has_catalog: bool
) -> tuple[int, int]:
    """Write what is new, what verdicts revise, and what follows; return how many rows were added and revised."""
    stamp, revised, verdicts = {"known_at": known_at, "run_id": run.run_id}, 0, _verdicts(connection, known_at)
    with registered(connection, verdict=verdicts):
        if not verdicts.is_empty():
            _execute(connection, "insert_events", **stamp)
            judged = verdicts["valid_at"]
            revised += _execute(connection, "revise_held", from_at=judged.min(), last_at=judged.max(), **stamp)
        if has_catalog:
            revised += _execute(connection, "retract_silence", **stamp)
        added = _execute(connection, "insert_incoming", **stamp)
        keep_steady(connection)
        if has_catalog:
            added += _execute(connection, "end_dropped", now=run.started_at, **stamp)
        found = concerns(connection)
        added += _derive(connection, found, stamp)
        _reconcile(connection, found.reconciliations(connection, keep_newest(connection, known_at)), stamp)
    return added, revised


def _derive(connection: duckdb.DuckDBPyConnection, found: Concerns, stamp: Mapping[str, Any]) -> int:
    """Derive stars of a year and yearly gains where they follow from what has come; return how many rows were added."""
    added = 0
    if found.stars_since:
        _execute(connection, "stage_star_years", since=found.stars_since, known_at=stamp["known_at"])
        within = rows(connection, "dropped_within")[0]
        _execute(connection, "stage_star_sums", since=found.stars_since, **within)
        added += _execute(connection, "derive_new_stars", since=found.stars_since, **stamp)
    _execute(connection, "forget_star_years")
    if found.stars_since:
        _execute(connection, "insert_star_years")
    if found.gains_since:
        until = rows(connection, "gains_until")[0]["until"]
        added += _execute(connection, "derive_yearly_gains", since=found.gains_since, until=until, **stamp)
    return added


def _reconcile(connection: duckdb.DuckDBPyConnection, due: list[str], stamp: Mapping[str, Any]) -> None:
    """Note which figures that can be had in two ways lie too far apart."""
    if due:
        with registered(connection, tolerance=pl.DataFrame(TOLERANCES)):
            for name in due:
                _execute(connection, name, **stamp)


def _notice(connection: duckdb.DuckDBPyConnection, noticed: pl.DataFrame, stamp: Mapping[str, Any]) -> None:
    if not noticed.is_empty():
        with registered(connection, noticed=noticed):
            _execute(connection, "insert_noticed", **stamp)


def _record(
    connection: duckdb.DuckDBPyConnection, run: Run, added: int, revised: int, known_at: datetime
) -> LandingResult:
    facts = {name: getattr(run, name) for name in ("run_id", "kind", "started_at", "finished_at", "version")}
    detail = json.dumps(run.detail, sort_keys=True, default=str)
    parameters = {**facts, "known_at": known_at, "detail_json": detail}
    _execute(connection, "forget_run", run_id=run.run_id)
    _execute(connection, "record_run", **parameters)
    counts = rows(connection, "run_counts", run_id=run.run_id)[0]
    return LandingResult(known_at, added, counts["missing"], counts["quarantined"], revised)


def _verdicts(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> pl.DataFrame:
    suspects = _suspects(connection, known_at)
    found: list[dict[str, Any]] = []
    for _, series in groupby(suspects, key=lambda row: tuple(row[name] for name in SERIES)):
        readings = list(series)
        seeds = [row for row in readings if row["is_seed"]]
        readings = readings[len(seeds) :]
        found += [
            {
                **{name: row[name] for name in (*SERIES, "valid_at", "value", "was_held")},
                "is_held": verdict.held,
                "is_new_level": verdict.is_new_level,
                "expected": verdict.expected,
                "why": verdict.why,
            }
            for row, verdict in zip(readings, _judged(readings, *seeds), strict=True)
        ]
    return pl.DataFrame(found, schema=VERDICT)


def _suspects(connection: duckdb.DuckDBPyConnection, known_at: datetime) -> list[dict[str, Any]]:
    """Return the readings to judge: of each series that something looks wrong in, after a good one."""
    _execute(connection, "stage_steady", known_at=known_at)
    if not _execute(connection, "stage_touched"):
        return []
    found = rows(connection, "touched_since")[0]
    floor = EPOCH if found["since"] is None else max(EPOCH, found["since"] - LOOKED_BACK)
    _execute(connection, "stage_readings", known_at=known_at, floor=floor, subjects=found["subjects"])
    return rows(connection, "suspect_series")


def _judged(readings: list[dict[str, Any]], seed: Mapping[str, Any] | None = None) -> list[Verdict]:
    """Judge the rows of one series after its seed, a good one; what is counted exactly is believed."""
    first = readings[0]
    if first["is_exact"]:
        return [Verdict(held=False)] * len(readings)
    told = [_reading(row) for row in readings]
    good = _reading(seed) if seed else None
    return judge(told, monotone=first["monotone"], is_count=METRICS[first["metric"]].is_count, good=good)


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(**{name: row[name] for name in READING})


def _describe(connection: duckdb.DuckDBPyConnection, catalog: Catalog, known_at: datetime) -> None:
    """Keep what the catalog says: metrics as of this version, subjects and facts as they change."""
    columns = ("unit", "meaning", "definition", "max_age_days", "monotone", "gated", "past")
    metrics = [{"metric": one.name} | {name: getattr(one, name) for name in columns} for one in METRICS.values()]
    subjects = [
        {"subject": s.id, "name": s.name, "kind": s.kind, "github_id": s.github_id, "catalog_json": s.model_dump_json()}
        for s in catalog.subjects
    ]
    facts = [fact.model_dump(exclude=FILE_ONLY) | {"value": fact.number} for fact in catalog.facts]
    if sorted(rows(connection, "metrics_described"), key=BY_NAME) != sorted(metrics, key=BY_NAME):
        connection.execute("delete from metric")
        _append(connection, "append_metric", metrics)
    _append(connection, "append_subject", subjects, known_at=known_at)
    _append(connection, "append_fact", facts, known_at=known_at)


def _append(connection: duckdb.DuckDBPyConnection, name: str, found: list[dict[str, Any]], **parameters: Any) -> None:
    if not found:
        return
    with registered(connection, appended=pl.DataFrame(found, infer_schema_length=None)):
        _execute(connection, name, **parameters)


def next_moment(connection: duckdb.DuckDBPyConnection, now: datetime) -> datetime:
    """Return a moment past everything that is known: `now`, unless the store is ahead of it."""
    newest = rows(connection, "newest_knowledge")[0]["known_at"]
    return now if newest is None else max(now, newest + timedelta(microseconds=1))


def _execute(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> int:
    result = connection.execute(statement(name), parameters).fetchall()
    return int(result[0][0]) if result and isinstance(result[0][0], int) else 0
