"""Measure GH Archive with a second worker: `python -m benchmarks.gharchive_dask [--hour-mb 20] [--keep FOLDER]`.

Four days are read by one and by two workers: of a Dask cluster, and of one machine.
"""

import argparse
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.gharchive_day import DAY, TURNS, check, made, work_of
from catalog.gharchive import HOURS
from collectors.gharchive.workers import Workers
from flows.orchestration.server import prefect_server
from flows.stages.archive_days import Done, ReadDays, Work, do

DAYS = 4


def main() -> None:
    """Make the hours unless they are there, and print how much faster two workers are."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hour-mb", type=float, default=20)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="gharchive-") as scratch:
        folder = (given.keep or Path(scratch)).resolve()
        speed_up(folder, made(folder, given.hour_mb))


def speed_up(folder: Path, truth: dict[str, int]) -> None:
    """Print a table: days with one worker and with two, each the median of three in turns."""
    from distributed import LocalCluster

    days = [DAY + timedelta(days=number) for number in range(DAYS)]
    link(folder, days)
    os.environ["PREFECT_LOGGING_LEVEL"] = "ERROR"
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with prefect_server():
        from flows.orchestration.archive import on_dask

        clusters = {
            number: LocalCluster(
                n_workers=number, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
            )
            for number in (1, 2)
        }
        ways: dict[str, Callable[[int], ReadDays]] = {
            "processes of one machine": in_processes,
            "workers of a Dask cluster": lambda number: on_dask(clusters[number].scheduler_address),
        }
        seconds: dict[tuple[str, int], list[float]] = {}
        for _ in range(TURNS):
            for name, way in ways.items():
                for number in (1, 2):
                    found = timed(way(number), folder, days, truth)
                    seconds.setdefault((name, number), []).append(found)
        for cluster in clusters.values():
            cluster.close()
    print(f"\n{DAYS} days of {HOURS} files\n\n| what | 1 | 2 | faster |\n|---|---|---|---|")
    for name in ways:
        one, two = (median(seconds[name, number]) for number in (1, 2))
        print(f"| {name} | {one:.2f} s | {two:.2f} s | {one / two:.2f} times |")


def link(folder: Path, days: list[date]) -> None:
    """Return the same hours to each of the days."""
    for day in days[1:]:
        for hour in range(HOURS):
            with suppress(FileExistsError):
                (folder / f"{day}-{hour}.json.gz").symlink_to(folder / f"{DAY}-{hour}.json.gz")


def in_processes(number: int) -> ReadDays:
    """Return the way to read days with so many processes of this machine."""

    def read_days(days: Iterable[Work]) -> Iterator[Done]:
        with Workers(number) as readers:
            yield from [do(work, readers) for work in days]

    return read_days


def timed(read_days: ReadDays, folder: Path, days: list[date], truth: dict[str, int]) -> float:
    """Read the days; give the seconds."""
    with TemporaryDirectory() as home:
        works = [work_of(day, folder.as_uri(), Path(home)) for day in days]
        began = time.perf_counter()
        for done in read_days(works):
            if done.error:
                raise done.error
        seconds = time.perf_counter() - began
        for work in works:
            check(work, truth)
    return seconds


if __name__ == "__main__":
    main()
