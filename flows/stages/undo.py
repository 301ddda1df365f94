"""Undo a run: retract what it landed, say again what stands without it, and derive and score again what followed."""

from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from catalog.errors import InputError
from catalog.load import Catalog, shipped_observations
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.derive_again import derive_again
from flows.stages.land import finished, start_run
from flows.stages.reading import reading
from flows.stages.rescore import Rescored, rescore
from flows.stages.review import review
from flows.stages.standing import standing
from flows.stages.tell_again import RATES
from warehouse.connection import open_writer, whole
from warehouse.frame import frame
from warehouse.land import LandingResult, Run, add, next_moment
from warehouse.undone import KEY, Undoing, finer_facts, record_undone, restated, standing_words, undoing


@dataclass(frozen=True)
class UndoResult:
    """An undo: its own run, what it took back by metric, what it landed, and the scores that were made again."""

    run_id: str
    table: list[dict[str, Any]]
    landed: LandingResult
    rescored: Rescored


def plan_undo(settings: Settings, run_id: str) -> list[dict[str, Any]]:
    """Return by metric how many rows an undo would retract; nothing is changed."""
    with reading(settings) as connection:
        return _table(connection, settings.followed, undoing(connection, run_id))


def undo_run(settings: Settings, run_id: str, reason: str | None) -> UndoResult:
    """Take a landed run back in one landing, and score the affected days again.

    Raises InputError, and lands nothing, where the run is unknown, is undone already, or landed nothing of its own.
    """
    plan_undo(settings, run_id)
    run = finished(start_run("undo"), {"undoes": run_id, "reason": reason})
    with open_writer(settings.published, utc_now()) as connection, whole(connection):
        undo = undoing(connection, run_id)
        table, words = _table(connection, settings.followed, undo), _own_words(connection, settings.followed, undo)
        landed = take_back(connection, settings.followed, undo, run)
    return UndoResult(run.run_id, table, landed, rescore(settings, min(words["valid_at"].to_list(), default=None)))


def take_back(connection: duckdb.DuckDBPyConnection, followed: Catalog, undo: Undoing, run: Run) -> LandingResult:
    """Land what stands without the run that is undone, and what follows from it, within an open transaction."""
    words, known_at = _own_words(connection, followed, undo), next_moment(connection, run.finished_at)
    record_undone(connection, undo, run.detail.get("reason"), known_at, run.run_id)
    catalog = standing(connection, followed)
    known = pl.concat([frame(shipped_observations(catalog)), restated(words)])
    add(connection, frame([]), catalog, run, known_at, standing=known)
    landed = add(connection, frame([]), catalog, run, standing=derive_again(connection, words, catalog, run))
    review(connection, catalog, landed, run)
    return landed


def _own_words(connection: duckdb.DuckDBPyConnection, catalog: Catalog, undo: Undoing) -> pl.DataFrame:
    """Return the touched cells without those that ship with the package, which every landing says."""
    shipped = frame(shipped_observations(catalog)).select(KEY)
    return standing_words(connection, undo, RATES).join(shipped, on=KEY, how="anti", maintain_order="left")


def _table(connection: duckdb.DuckDBPyConnection, catalog: Catalog, undo: Undoing) -> list[dict[str, Any]]:
    """Return by metric the rows that are retracted, and those of which another word stands; finer facts by table."""
    own = _own_words(connection, catalog, undo).filter(~pl.col("is_derived") | (pl.col("reason") == "retracted"))
    facts = finer_facts(connection, undo)
    if not own["is_changed"].any() and not facts and undo.decided.keys() == {undo.run_id}:
        raise InputError(f"{undo.run_id} landed nothing of its own; there is nothing to take back")
    is_lost = (pl.col("reason") == "retracted").fill_null(value=False)
    counted = own.group_by("metric").agg(
        subjects=pl.col("subject").n_unique(), retracted=is_lost.sum(), said_by_others=(~is_lost).sum(),
        first=pl.col("valid_at").min(), last=pl.col("valid_at").max(),
    ).sort("metric")  # fmt: skip
    return [*counted.to_dicts(), *(_fact_row(name, number) for name, number in facts.items())]


def _fact_row(table: str, number: int) -> dict[str, Any]:
    nothing = dict.fromkeys(("subjects", "first", "last"))
    return {**nothing, "metric": f"table {table}", "retracted": number, "said_by_others": 0}
