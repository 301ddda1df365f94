"""What a landing and questions about now cost as the warehouse grows.

    python -m benchmarks.landing [--rows 1000000 10000000] [--years 2 4 8]

CPU seconds, medians of three turns. Landing is compared with a bare insert of the same rows in the same run; a night of
14 subjects x 100 cells and the questions with those of the smallest warehouse. The exit code is 1 where a step of some
size costs more than its share of rows.
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import polars as pl

from benchmarks.growth_table import Growth, table, worse_steps
from benchmarks.load_and_score import insert_bare, insert_landed, observations
from benchmarks.stored_rows import CELLS, NOW, SUBJECTS, TURNS, land_whole, metrics, odd, store, subjects_of, usual
from catalog.load import load_catalog
from catalog.span import Span
from warehouse.accepted import held_levels
from warehouse.config import WRITER
from warehouse.figures import behind_figures, context_figures
from warehouse.freshness import freshness
from warehouse.query import rows
from warehouse.scores import evidence_since

SLACK = 1.2
LATER = NOW + timedelta(days=9)
FIRST_KNOWN = NOW + timedelta(microseconds=1)
"""When the first night landed, with all that the catalog says of the past."""
SHOWN = {"metrics": metrics()[::2], "before": LATER, **Span()._asdict()}
QUESTIONS: dict[str, Callable[[duckdb.DuckDBPyConnection], object]] = {
    "status: freshness": freshness,
    "status: levels held back": held_levels,
    "gaps": lambda connection: rows(connection, "gaps"),
    "latest_score": lambda connection: told(connection, "latest_score"),
    "now: metric_latest": lambda connection: told(connection, "metric_latest"),
    "a year ago: metric_as_of": lambda connection: told(
        connection, f"metric_as_of('{NOW - timedelta(days=365)}', '{LATER}')"
    ),
    "why_missing": lambda connection: told(connection, "why_missing"),
    "research_series": lambda connection: told(connection, "research_series"),
    "months to score anew after six nights": lambda connection: rows(
        connection, "learned_of_the_past", seen=FIRST_KNOWN, before=NOW.replace(day=1), metrics=metrics()
    ),
    "site: what moved within a week": lambda connection: rows(
        connection, "site_moved", **SHOWN, since=NOW - timedelta(days=7), oldest=NOW - timedelta(days=38)
    ),
    "site: histories of half of the cells": lambda connection: rows(
        connection, "site_figures", **SHOWN, known_at=LATER, most=120
    ),
    "card: evidence of its year": lambda connection: evidence_since(
        connection, SHOWN["metrics"], LATER, LATER, NOW - timedelta(days=365), Span.around(["subject-3"])
    ),
    "card: figures that are not weighed": lambda connection: context_figures(
        connection, SHOWN["metrics"], LATER, LATER, Span.around(["subject-3"])
    ),
    "card: what brought its figures": lambda connection: behind_figures(
        connection, _newest_of(connection, "subject-3")
    ),
}
NIGHTS = (("a night of 14 x 100 cells", usual), ("a night, each figure of it odd", odd))
Turns = list[dict[str, float]]


def main() -> int:
    """Print the tables; return 1 where the growth is worse than linear."""
    asked = _asked()
    print(landing_table(landed(asked.landed), asked.landed))
    grown = [
        Growth("rows", {size: on_rows(size) for size in asked.rows}, SLACK),
        Growth("years", {years: on_years(years) for years in asked.years}, SLACK),
    ]
    for growth in grown:
        print(f"\n{table(growth)}")
    return int(any(worse_steps(growth) for growth in grown))


def landing_table(found: dict[str, list[float]], size: int) -> str:
    """Return the lines of a landing beside a bare insert, medians of the turns."""
    bare, own = median(found["bare"]), median(found["landed"])
    head = f"| CPU s | {size:,} rows | ratio |\n|---|---|---|\n"
    return f"{head}| bare insert (baseline) | {bare:.2f} | 1.0 |\n| landing them | {own:.2f} | {own / bare:.1f} |"


def landed(size: int) -> dict[str, list[float]]:
    """Return the CPU seconds of landing so many rows, and of a bare insert of the same rows, turn by turn."""
    frame = observations([subject.id for subject in load_catalog().subjects], size)
    with TemporaryDirectory() as folder:
        bare = _timed(lambda turn: insert_bare(Path(folder) / f"bare-{turn}.duckdb", frame))
        own = _timed(lambda turn: insert_landed(Path(folder) / f"landed-{turn}.duckdb", frame))
    return {"bare": bare, "landed": own}


def on_rows(size: int) -> Turns:
    """Return the turns on a warehouse of two years, with subjects enough for so many rows."""
    return stored(size, subjects_of(size))


def on_years(years: int) -> Turns:
    """Return the turns on a warehouse of so many years of fourteen subjects."""
    return stored(SUBJECTS * CELLS * 365 * years, SUBJECTS)


def stored(size: int, subjects: int) -> Turns:
    """Return the CPU seconds of a night and of the questions on so many stored rows, turn by turn."""
    days, found = size // (subjects * CELLS), dict[str, list[float]]()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stored.duckdb"
        store(path, subjects, days)
        with duckdb.connect(path, config=WRITER) as connection:  # opened anew, as by the next night
            for what, night in NIGHTS:
                found[what] = _timed(lambda turn, night=night: land_whole(connection, night(turn, days)))  # type: ignore[misc]
            for what, asked in QUESTIONS.items():
                found[what] = _timed(lambda _, asked=asked: asked(connection))  # type: ignore[misc]
    return [{what: seconds[turn] for what, seconds in found.items()} for turn in range(TURNS)]


def _newest_of(connection: duckdb.DuckDBPyConnection, subject: str) -> pl.DataFrame:
    return evidence_since(connection, metrics(), LATER, LATER, LATER, Span.around([subject]))


def told(connection: duckdb.DuckDBPyConnection, view: str) -> list[Any]:
    return connection.execute(f"from {view}").fetchall()


def _timed(work: Callable[[int], object]) -> list[float]:
    """Return the CPU seconds of the turns, those of the database's threads included."""
    seconds = []
    for turn in range(TURNS):
        began = time.process_time()
        work(turn)
        seconds.append(time.process_time() - began)
    return seconds


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landed", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000, 50_000_000])
    parser.add_argument("--years", type=int, nargs="+", default=[2, 4, 8])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
