"""Land what a run brought: all of it or nothing, each fact once, implausible values held back."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import duckdb
import polars as pl

from catalog.load import Catalog
from catalog.moments import EPOCH
from catalog.span import Span
from catalog.tolerance import TOLERANCES
from warehouse.concerns import Concerns, concerns
from warehouse.connection import whole
from warehouse.described import describe
from warehouse.door import Door
from warehouse.exchange import parts_of, registered
from warehouse.frame import ARRIVED
from warehouse.moved import furthest, moved_of
from warehouse.newest import keep_newest, kept_until
from warehouse.parts import ROWS_AT_ONCE, parts
from warehouse.query import rows, statement
from warehouse.staging import Staging, staging
from warehouse.star_years import add_star_years
from warehouse.steady import keep_steady, stage_steady
from warehouse.verdicts import verdicts

NOTICED: dict[str, type[pl.DataType] | pl.DataType] = {
    **dict.fromkeys(("subject", "metric", "source", "kind", "detail"), pl.String),
    "valid_at": pl.Datetime("us"),
    "value": pl.Float64,
    "expected": pl.Float64,
}
NOTHING = pl.DataFrame(schema=NOTICED)
NO_ROWS = pl.DataFrame(schema=ARRIVED)
NIGHTLY = "nightly"


@dataclass(frozen=True)
class Run:
    """Who landed what and when it was asked; `started_at` and `finished_at` are naive UTC."""

    run_id: str
    kind: str
    started_at: datetime
    finished_at: datetime
    version: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def unanswered(self) -> int | None:
        """How many cells were asked for in vain; None of a run that does not tell it by source, as nights do."""
        told = [one["missing"] for one in self.detail.values() if isinstance(one, Mapping) and "missing" in one]
        return sum(told) if told else None


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
    moved: Sequence[Mapping[str, Any]] = ()
    """What a night changed most: subject, metric, before, after, and since when it had stood."""


def land(  # noqa: PLR0913 - what lands in one transaction is handed over at once
    connection: duckdb.DuckDBPyConnection,
    arrived: pl.DataFrame | Iterable[pl.DataFrame],
    catalog: Catalog,
    run: Run,
    known_at: datetime | None = None,
    *,
    standing: pl.DataFrame | Iterable[pl.DataFrame] = NO_ROWS,
    noticed: pl.DataFrame = NOTHING,
) -> LandingResult:
    """Add what is new in one transaction; the same rows landed twice are landed once.

    What is about a moment that cannot have been by the end of the run is refused and counted. `known_at` defaults to
    the end of the run, moved past everything that is known already. What arrived may come in parts, as may
    `standing`, which is known without the run, columns as in ARRIVED; `noticed` are events, columns as in NOTICED.
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
    standing: pl.DataFrame | Iterable[pl.DataFrame] = NO_ROWS,
    noticed: pl.DataFrame = NOTHING,
    rows_at_once: int = ROWS_AT_ONCE,
) -> LandingResult:
    """Do what `land` does within a transaction that is open already, with about `rows_at_once` in hand."""
    known_at = known_at or next_moment(connection, run.finished_at)
    door, known_door = Door(run.finished_at), Door(run.finished_at)
    come = {"known": known_door.let_in(parts_of(standing)), "brought": door.let_in(parts_of(arrived))}
    with registered(connection, **come), staging(connection) as staged:
        _execute(connection, "name_arrived")
        describe(connection, catalog, known_at)
        _notice(connection, noticed, {"known_at": known_at, "run_id": run.run_id})
        shown = parts(staged, door.passed + known_door.passed, rows_at_once)
        added, revised, moved = _add_parts(staged, run, known_at, shown)
        landed = _record(connection, run, added, revised, known_at)
        return replace(landed, refused=door.refused, moved=moved)


def _add_parts(
    staged: Staging, run: Run, known_at: datetime, shown: Iterable[Span]
) -> tuple[int, int, Sequence[Mapping[str, Any]]]:
    """Write what is new, one part after the other; return how many rows were added and revised, and what moved most."""
    connection, stamp = staged.connection, {"known_at": known_at, "run_id": run.run_id}
    asked, before = rows(connection, "asked_since")[0], kept_until(connection)
    counted, moved, is_beside = Counter[str](), list[Mapping[str, Any]](), False
    for part in shown:
        _stage(staged, stamp, part, asked["since"] or EPOCH)
        found = _insert(staged, run, stamp, part, counted, before=before, has_catalog=asked["has_catalog"])
        if run.kind == NIGHTLY:
            moved += moved_of(connection, stamp, part)
        keep_newest(staged, known_at, before, part)
        if found.is_reconciled:
            _reconcile(connection, "reconcile", stamp)
        is_beside = is_beside or found.are_beside(connection, before)
    if is_beside:
        _reconcile(connection, "reconcile_past", stamp)
    return counted["added"], counted["revised"], furthest(moved)


def _stage(staged: Staging, stamp: Mapping[str, Any], part: Span, floor: datetime) -> None:
    """Show what is new of the part that arrived as `incoming`, and keep what is not."""
    said = staged.stage("word", "stage_said", known_at=stamp["known_at"], floor=floor, **part._asdict())
    if said or rows(staged.connection, "repeats")[0]["is_any"]:
        staged.stage("incoming", "stage_new")
    else:
        _execute(staged.connection, "show_arrived")
    if said:
        _execute(staged.connection, "keep_said_again", **part._asdict(), **stamp)


def _insert(  # noqa: PLR0913 - what is written of one part
    staged: Staging,
    run: Run,
    stamp: Mapping[str, Any],
    part: Span,
    counted: Counter[str],
    *,
    before: datetime | None,
    has_catalog: bool,
) -> Concerns:
    """Write what is new, what verdicts revise, and what follows; count the rows, and return what they concern."""
    stage_steady(staged, stamp["known_at"], before)
    connection, judged = staged.connection, verdicts(staged, stamp["known_at"], part)
    with registered(connection, verdict=judged):
        if not judged.is_empty():
            _execute(connection, "insert_events", **stamp)
            span = {"from_at": judged["valid_at"].min(), "last_at": judged["valid_at"].max()}
            counted["revised"] += _execute(connection, "revise_held", **span, **stamp)
        if has_catalog and staged.stage("unsaid", "stage_unsaid", **part._asdict()):
            counted["revised"] += _execute(connection, "retract_unsaid", **stamp)
        counted["added"] += _execute(connection, "insert_incoming", **stamp)
        keep_steady(connection)
        if has_catalog:
            counted["added"] += _execute(connection, "end_dropped", now=run.started_at, **part._asdict(), **stamp)
        found = concerns(connection)
        counted["added"] += add_star_years(staged, found.stars_since, stamp, before)
        if found.gains_since:
            until = rows(connection, "gains_until")[0]["until"]
            counted["added"] += _execute(
                connection, "derive_yearly_gains", since=found.gains_since, until=until, **stamp
            )
    return found


def _reconcile(connection: duckdb.DuckDBPyConnection, name: str, stamp: Mapping[str, Any]) -> None:
    """Note which figures that can be had in two ways lie too far apart."""
    with registered(connection, tolerance=pl.DataFrame(TOLERANCES)):
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
    parameters = {**facts, "known_at": known_at, "detail_json": detail, "unanswered": run.unanswered}
    _execute(connection, "forget_run", run_id=run.run_id)
    _execute(connection, "record_run", **parameters)
    counts = rows(connection, "run_counts", run_id=run.run_id)[0]
    return LandingResult(known_at, added, counts["missing"], counts["quarantined"], revised)


def next_moment(connection: duckdb.DuckDBPyConnection, now: datetime) -> datetime:
    """Return a moment past everything that is known: `now`, unless the store is ahead of it."""
    newest = rows(connection, "newest_knowledge")[0]["known_at"]
    return now if newest is None else max(now, newest + timedelta(microseconds=1))


def _execute(connection: duckdb.DuckDBPyConnection, name: str, **parameters: Any) -> int:
    result = connection.execute(statement(name), parameters).fetchall()
    return int(result[0][0]) if result and isinstance(result[0][0], int) else 0
