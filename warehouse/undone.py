"""Take back what a run landed: which runs count afterwards, and what the others say of the cells that it touched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb
import polars as pl

from catalog.errors import InputError
from warehouse.exchange import frame_of
from warehouse.frame import ARRIVED
from warehouse.query import rows, statement

KEY = ["subject", "metric", "method", "source", "valid_at"]


@dataclass(frozen=True)
class Undoing:
    """What an undo does: of which runs it decides whether they are undone, and all that are undone afterwards."""

    run_id: str
    decided: Mapping[str, bool]
    undone: frozenset[str]


def undoing(connection: duckdb.DuckDBPyConnection, run_id: str) -> Undoing:
    """Return what undoing a run does; raise InputError where nothing of that name landed, or it is undone already."""
    known = rows(connection, "run_known", run_id=run_id)
    if not known:
        raise InputError(f"no run is called {run_id!r}; `speedscore status` names the last ones, table `run` all")
    before = {row["run_id"]: row["by_run_id"] for row in rows(connection, "undone_runs")}
    if run_id in before:
        again = f"to let it stand again: speedscore undo {before[run_id]}"
        raise InputError(f"{run_id} is undone already, by {before[run_id]}; {again}")
    decided = {row["run_id"]: not row["is_undone"] for row in rows(connection, "undone_by", run_id=run_id)}
    decided[run_id] = True
    after = (set(before) - set(decided)) | {one for one, is_undone in decided.items() if is_undone}
    return Undoing(run_id, decided, frozenset(after))


def standing_words(connection: duckdb.DuckDBPyConnection, undo: Undoing, rates: Iterable[str] = ()) -> pl.DataFrame:
    """Return what stands of each touched cell afterwards; columns as in ARRIVED, and said_at.

    `rates` are the metrics that rest on issues. `is_derived` are figures that rest on what the run landed; `is_changed`
    is what it landed itself, and what is another without it.
    """
    parameters = {"changed": list(undo.decided), "undone": sorted(undo.undone), "rates": sorted(rates)}
    return frame_of(connection, "standing_words", **parameters)


def finer_facts(connection: duckdb.DuckDBPyConnection, undo: Undoing) -> dict[str, int]:
    """Return how many finer facts of the run are taken back with it, by table."""
    return {row["table"]: row["rows"] for row in rows(connection, "finer_facts_of", run_id=undo.run_id)}


def record_undone(
    connection: duckdb.DuckDBPyConnection, undo: Undoing, reason: str | None, known_at: datetime, run_id: str
) -> None:
    """Keep which runs count no more, or again; from here on readers of finer facts leave out theirs."""
    told = {"runs": list(undo.decided), "are_undone": list(undo.decided.values()), "reason": reason}
    connection.execute(statement("insert_undone"), {**told, "known_at": known_at, "run_id": run_id})


def restated(words: pl.DataFrame) -> pl.DataFrame:
    """Return rows that can be landed: what stands, and what was derived as retracted until it is derived again."""
    kept = {"subject", "metric", "method", "source", "valid_at", "definition", "unit", "status", "reason"}
    said = [pl.when(~pl.col("is_derived")).then(name).alias(name) for name in ARRIVED if name not in kept]
    status = pl.when("is_derived").then(pl.lit("missing")).otherwise("status").alias("status")
    reason = pl.when("is_derived").then(pl.lit("retracted")).otherwise("reason").alias("reason")
    return words.with_columns(*said, status, reason).select(pl.col(name).cast(kind) for name, kind in ARRIVED.items())
