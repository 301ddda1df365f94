"""What a landing and questions about now cost as the warehouse grows.

    python -m benchmarks.landing [--rows 1000000 3000000 10000000] [--years 2 4 8]

CPU seconds, medians of three turns. Landing is compared with a bare insert of the same rows in the same run; a night of
14 subjects x 100 cells and the questions with those of the smallest warehouse. The exit code is 1 where a step of the
last size costs more than its share of rows.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from benchmarks.load_and_score import insert_bare, insert_landed, observations
from catalog.load import Catalog, load_catalog
from catalog.metric import METRICS
from warehouse.connection import WRITER, note_present, whole
from warehouse.frame import ARRIVED
from warehouse.land import Run, add
from warehouse.migrate import migrate
from warehouse.query import rows

NOW = datetime(2026, 11, 22)
TURNS = 3
SUBJECTS, CELLS = 14, 100
LEVEL = 1012.0
"""Where the figures of all cells stand on the last day that is stored, less the number of days: STORED ends there."""
QUESTIONS = {
    "status: freshness": "freshness",
    "gaps": "gaps",
    "now: metric_latest": "from metric_latest",
    "a year ago: metric_as_of": f"from metric_as_of('{NOW - timedelta(days=365)}', '{NOW + timedelta(days=9)}')",
}
STORED = """
insert into observation by name
select 'subject-' || subject as subject, $metrics[cell + 1] as metric, 'snapshot' as method,
  'source-' || (cell % 8) as source,
  $now::timestamp - to_days(1 + day::integer) as valid_at, $now::timestamp - to_days(day::integer) as known_at,
  0 as revision, 1000.0 + $days - day + (day * 7919 % 13) as value, 'measured' as status, 'benchmark@1' as definition,
  '1' as unit, 'run-' || day as run_id
from (select unnest(generate_series($days - 1, 0, -1)) as day)
cross join (select unnest(range($subjects)) as subject) cross join (select unnest(range($cells)) as cell)
order by day desc, subject, cell
"""


def main() -> int:
    """Print the tables; return 1 where the growth is worse than linear."""
    asked = _asked()
    with TemporaryDirectory() as folder:
        _landing(Path(folder), asked.landed)
        by_rows = {size: _stored(Path(folder), size, _subjects(size)) for size in asked.rows}
        by_years = {years: _stored(Path(folder), SUBJECTS * CELLS * 365 * years, SUBJECTS) for years in asked.years}
    return int(_table("rows", by_rows)) | int(_table("years", by_years))


def _landing(folder: Path, size: int) -> None:
    """Compare landing with a bare insert of the same rows."""
    frame = observations([subject.id for subject in load_catalog().subjects], size)
    bare = _timed(lambda turn: insert_bare(folder / f"bare-{turn}.duckdb", frame))
    landed = _timed(lambda turn: insert_landed(folder / f"landed-{turn}.duckdb", frame))
    print(f"| bare insert of {size:,} rows (baseline) | {bare:.2f} s | 1.0 |")
    print(f"| landing them | {landed:.2f} s | {landed / bare:.1f} |\n")


def _subjects(size: int) -> int:
    """Return so many subjects that two years of days have so many rows, and 14 at least."""
    return max(SUBJECTS, size // (CELLS * 730))


def _stored(folder: Path, size: int, subjects: int) -> dict[str, float]:
    """Return the CPU seconds of a night and of the questions on so many stored rows, a night after the other."""
    path, days = folder / f"stored-{size}-{subjects}.duckdb", size // (subjects * CELLS)
    _store(path, subjects, days)
    with duckdb.connect(path, config=WRITER) as connection:  # opened anew, as by the next night
        found = {what: _timed(lambda turn, one=one: _land_whole(connection, one(turn, days))) for what, one in NIGHTS}  # type: ignore[misc]
        for what, asked in QUESTIONS.items():
            found[what] = _timed(lambda _, asked=asked: _ask(connection, asked))  # type: ignore[misc]
    path.unlink()
    return found


def _store(path: Path, subjects: int, days: int) -> None:
    """Write a warehouse of so many subjects and days, a hundred cells each, and a night on top."""
    parameters = {"metrics": _metrics(), "now": NOW, "days": days, "subjects": subjects, "cells": CELLS}
    with duckdb.connect(path, config=WRITER) as connection:
        migrate(connection, NOW)
        note_present(connection, NOW)
        with whole(connection):
            connection.execute(STORED, parameters)
            _land(connection, _night(0, days + LEVEL))
        connection.execute("checkpoint")


def _metrics() -> list[str]:
    """Return a hundred metric names: those of the catalog, and years of one that has a year."""
    names = sorted(METRICS)[:CELLS]
    return names + [f"benchmark.more_{number}" for number in range(CELLS - len(names))]


def _usual(turn: int, days: int) -> pl.DataFrame:
    """Return a night whose figures go on from where those stored end."""
    return _night(1 + turn, days + LEVEL)


def _odd(turn: int, days: int) -> pl.DataFrame:
    """Return a night of which each figure is four times what it was, and is judged."""
    return _night(1 + TURNS + turn, 4.0 * (days + LEVEL))


NIGHTS = (("a night of 14 x 100 cells", _usual), ("a night, each figure of it odd", _odd))


def _night(turn: int, value: float) -> pl.DataFrame:
    """Return what a night brings of 14 subjects; columns as in ARRIVED."""
    cells = pl.DataFrame({"metric": _metrics(), "cell": range(CELLS)})
    known = pl.DataFrame({"subject": [f"subject-{number}" for number in range(SUBJECTS)]}).join(cells, how="cross")
    return known.select(
        *(pl.col(name) for name in ("subject", "metric")),
        method=pl.lit("snapshot"),
        source=pl.format("source-{}", pl.col("cell") % 8),
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


def _land_whole(connection: duckdb.DuckDBPyConnection, night: pl.DataFrame) -> None:
    with whole(connection):
        _land(connection, night)
    connection.execute("checkpoint")


def _land(connection: duckdb.DuckDBPyConnection, night: pl.DataFrame) -> None:
    run = Run(f"night-{time.monotonic_ns()}", "nightly", NOW, NOW, "bench")
    add(connection, night, Catalog(), run)


def _ask(connection: duckdb.DuckDBPyConnection, asked: str) -> None:
    if asked.startswith("from "):
        connection.execute(asked).fetchall()
    else:
        rows(connection, asked)


def _timed(work: Callable[[int], object]) -> float:
    """Return the median CPU seconds of the turns, those of the database's threads included."""
    seconds = []
    for turn in range(TURNS):
        began = time.process_time()
        work(turn)
        seconds.append(time.process_time() - began)
    return median(seconds)


def _table(unit: str, found: dict[int, dict[str, float]]) -> bool:
    """Print each step by size; return whether one grows faster than the rows."""
    sizes, is_worse = list(found), False
    print(f"| step | {' | '.join(f'{size:,} {unit}' for size in sizes)} | ratio |\n|{'---|' * (len(sizes) + 2)}")
    for step in found[sizes[0]]:
        seconds = [found[size][step] for size in sizes]
        ratio = seconds[-1] / max(seconds[0], 0.01)
        is_worse = is_worse or ratio > 1.2 * sizes[-1] / sizes[0]
        print(f"| {step} | {' | '.join(f'{one:.2f} s' for one in seconds)} | {ratio:.1f} |")
    print()
    return is_worse


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landed", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--years", type=int, nargs="+", default=[2, 4, 8])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
