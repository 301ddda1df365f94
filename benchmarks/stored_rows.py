"""A warehouse of very many rows, and nights that land on it: a hundred cells of each of fourteen subjects."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from catalog.load import load_catalog, shipped_observations
from catalog.metric import METRICS
from warehouse.config import WRITER
from warehouse.connection import note_present, whole
from warehouse.frame import ARRIVED, frame
from warehouse.land import Run, add
from warehouse.migrate import migrate

NOW = datetime(2026, 11, 22)
TURNS = 3
SUBJECTS, CELLS = 14, 100
LEVEL = 1012.0
"""Where the figures of all cells stand on the last day that is stored, less the number of days: STORED ends there."""
STORED = """
insert into observation by name
select 'subject-' || subject as subject, $metrics[cell + 1] as metric, 'snapshot' as method,
  split_part($metrics[cell + 1], '.', 1) as source,
  $now::timestamp - to_days(1 + day::integer) as valid_at, $now::timestamp - to_days(day::integer) as known_at,
  0 as revision, 1000.0 + $days - day + (day * 7919 % 13) as value, 'measured' as status, 'benchmark@1' as definition,
  '1' as unit, 'run-' || day as run_id
from (
  select $days - 1 - place // ($subjects * $cells) as day, place // $cells % $subjects as subject,
    place % $cells as cell
  from range($days * $subjects * $cells) as places(place)
)
"""
"""Night by night, in the order of subjects; so it lies in the file where the order of rows is kept."""
SCORED = """
insert into score by name
select 'subject-' || subject as subject, $now::timestamp - to_days(day::integer) as as_of, 'benchmark' as rubric,
  $now::timestamp - to_days(day::integer) as known_at, 5.0 as speed_score, 1.0 as coverage, 1.0 as measured_share,
  'final' as status, '' as inputs_sha256, false as is_reconstructed, 'run-' || day as run_id
from (select unnest(generate_series($days - 1, 0, -1)) as day) cross join (select unnest(range($subjects)) as subject)
order by day desc, subject
"""
RUBRIC = """
insert into rubric by name
select 'benchmark' as id, '' as sha256, true as is_default, $now::timestamp as known_at, date '2020-01-01' as base_date
"""


def subjects_of(size: int) -> int:
    """Return so many subjects that two years of days have so many rows, and 14 at least."""
    return max(SUBJECTS, size // (CELLS * 730))


def store(path: Path, subjects: int, days: int) -> None:
    """Write a warehouse of so many subjects and days, a hundred cells and a score each, and a night on top."""
    shape = {"now": NOW, "days": days, "subjects": subjects}
    with duckdb.connect(path, config=WRITER) as connection:
        migrate(connection, NOW)
        note_present(connection, NOW)
        connection.execute("set preserve_insertion_order = true")
        with whole(connection):
            connection.execute(STORED, shape | {"metrics": metrics(), "cells": CELLS})
            connection.execute(RUBRIC, {"now": NOW})
            connection.execute(SCORED, shape)
        connection.execute(f"set preserve_insertion_order = {WRITER['preserve_insertion_order']}")
        with whole(connection):
            land(connection, night_of(0, days + LEVEL))
        connection.execute("checkpoint")


def usual(turn: int, days: int) -> pl.DataFrame:
    """Return a night whose figures go on from where those stored end."""
    return night_of(1 + turn, days + LEVEL)


def odd(turn: int, days: int) -> pl.DataFrame:
    """Return a night of which each figure is four times what it was, and is judged."""
    return night_of(1 + TURNS + turn, 4.0 * (days + LEVEL))


def land_whole(connection: duckdb.DuckDBPyConnection, night: pl.DataFrame) -> None:
    """Land a night and write it down."""
    with whole(connection):
        land(connection, night)
    connection.execute("checkpoint")


def metrics() -> list[str]:
    """Return a hundred metric names: those of the catalog, and years of one that has a year."""
    names = sorted(METRICS)[:CELLS]
    return names + [f"benchmark.more_{number}" for number in range(CELLS - len(names))]


def night_of(turn: int, value: float) -> pl.DataFrame:
    """Return what a night brings of 14 subjects; columns as in ARRIVED."""
    cells = pl.DataFrame({"metric": metrics(), "cell": range(CELLS)})
    known = pl.DataFrame({"subject": [f"subject-{number}" for number in range(SUBJECTS)]}).join(cells, how="cross")
    return known.select(
        *(pl.col(name) for name in ("subject", "metric")),
        method=pl.lit("snapshot"),
        source=pl.col("metric").str.split(".").list.first(),
        valid_at=pl.lit(NOW + timedelta(hours=turn)),
        value=pl.lit(value),
        status=pl.lit("measured"),
        definition=pl.lit("benchmark@1"),
        unit=pl.lit("1"),
        **{
            name: pl.lit(None, kind)
            for name, kind in ARRIVED.items()
            if name in ("lo", "hi", "n", "reason", "valid_until", "url", "raw_sha256")
        },
    ).select(pl.col(name).cast(kind) for name, kind in ARRIVED.items())


def land(connection: duckdb.DuckDBPyConnection, night: pl.DataFrame) -> None:
    """Land a night, and what the catalog that ships says, within a transaction."""
    run = Run(f"night-{time.monotonic_ns()}", "nightly", NOW, NOW, "bench")
    catalog = replace(load_catalog(), has_history=False)
    add(connection, night, catalog, run, standing=frame(list(shipped_observations(catalog))))
