"""Measure a day of GH Archive: `python -m benchmarks.gharchive_day [--hour-mb 20] [--keep FOLDER]`.

24 invented hours, twenty repositories followed. Reading the day into its part is set against `zcat` and against bare
inflation with ISA-L over the same files, each in two processes, in turns in the same run; the counts must be exact.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.archive_hours import Hours, Repository, write_hour
from catalog.gharchive import HOURS
from collectors.gharchive.event import COUNTS, Wanted
from collectors.gharchive.workers import Workers
from collectors.transport.wire import Limits
from flows.stages.archive_days import Work, do, on_all_cores
from warehouse.archive_parts import read_part

DAY = date(2020, 5, 1)
TURNS = 3
PROCESSES = 2
FOLLOWED = [Repository(65_600_975 + 7_919 * number, f"followed-{number}/framework") for number in range(20)]
WANTED = Wanted({one.id: one.name for one in FOLLOWED}, {one.name.lower(): one.name for one in FOLLOWED})
INFLATE = """
import sys
from isal import igzip
for path in sys.argv[1:]:
    with igzip.open(path) as stream:
        while stream.read(2**18):
            pass
"""


def main() -> None:
    """Print the ratios, the peak of memory, and whether the counts are exact."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hour-mb", type=float, default=20)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        read_once(given.once)
        return
    with TemporaryDirectory(prefix="gharchive-") as scratch:
        folder = (given.keep or Path(scratch)).resolve()
        truth = made(folder, given.hour_mb)
        compare(folder, truth)


def made(folder: Path, hour_mb: float) -> dict[str, int]:
    """Make the day unless it is there; give the true counts, as `repository kind`."""
    told = folder / "truth.json"
    if not told.exists():
        folder.mkdir(parents=True, exist_ok=True)
        print(f"making {HOURS} hours of {hour_mb:g} MB ...", flush=True)
        with ProcessPoolExecutor() as pool:
            found = list(pool.map(make_hour, [folder] * HOURS, range(HOURS), [hour_mb] * HOURS))
        truth = {name: sum(one.get(name, 0) for one in found) for one in found for name in one}
        told.write_text(json.dumps(truth), "utf-8")
    return dict(json.loads(told.read_text("utf-8")))


def make_hour(folder: Path, hour: int, hour_mb: float) -> dict[str, int]:
    """Make one hour; give its true counts and its size."""
    hours = Hours(FOLLOWED, seed=hour)
    at = datetime(DAY.year, DAY.month, DAY.day, hour)
    inflated = write_hour(folder / f"{DAY}-{hour}.json.gz", hours, at, round(hour_mb * 1e6))
    names = {one.id: one.name for one in FOLLOWED}
    return {f"{names[number]} {kind}": times for (number, kind), times in hours.truth.items()} | {"inflated": inflated}


def compare(folder: Path, truth: dict[str, int]) -> None:
    """Measure in turns, and print medians."""
    turns = measured(folder, truth)
    took = {name: [median(one) for one in zip(*some, strict=True)] for name, some in turns.items()}
    size, inflated = sum(path.stat().st_size for path in hours_in(folder)), truth["inflated"]
    print(f"\n{HOURS} files, {size / 1e6:.0f} MB, {inflated / 1e6:,.0f} MB inflated; {PROCESSES} processes\n")
    print("| what | seconds | of zcat | of ISA-L | CPU seconds | of ISA-L |\n|---|---|---|---|---|---|")
    (zcat, _), (isal, isal_cpu) = took["zcat"], took["ISA-L"]
    for name, (wall, cpu) in took.items():
        print(f"| {name} | {wall:.2f} | {wall / zcat:.2f} | {wall / isal:.2f} | {cpu:.2f} | {cpu / isal_cpu:.2f} |")
    print(f"\npeak of all processes: {peak_mb(folder):.0f} MB; counts exact")


def hours_in(folder: Path) -> list[Path]:
    """Return the files of the day."""
    return [folder / f"{DAY}-{hour}.json.gz" for hour in range(HOURS)]


def measured(folder: Path, truth: dict[str, int]) -> dict[str, list[tuple[float, float]]]:
    """Return the turns of each way: seconds by the clock, and of the processor."""
    halves = [hours_in(folder)[place::PROCESSES] for place in range(PROCESSES)]
    ways: dict[str, Callable[[], float]] = {
        "zcat": lambda: together([["zcat", *map(str, half)] for half in halves]),
        "ISA-L": lambda: together([[sys.executable, "-c", INFLATE, *map(str, half)] for half in halves]),
        "day in place": lambda: timed_day(folder.as_uri(), PROCESSES, truth),
        "day in place, 1 process": lambda: timed_day(folder.as_uri(), 1, truth),
        "day over HTTP": lambda: over_http(folder, truth),
    }
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, way in ways.items():
            before = used_s()
            turns[name].append((way(), used_s() - before))
    return turns


def used_s() -> float:
    """Return the seconds of processor time of this process and of those that it has started and that have ended."""
    told = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in told)


def together(commands: list[list[str]]) -> float:
    """Run commands side by side, their output thrown away; give the seconds."""
    began = time.perf_counter()
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    codes = [process.wait() for process in running]
    if any(codes):
        raise RuntimeError(f"{commands[0][0]} failed")
    return time.perf_counter() - began


def timed_day(base_url: str, processes: int, truth: dict[str, int]) -> float:
    """Read the day into a part, workers started and all; give the seconds."""
    with TemporaryDirectory() as home:
        work = work_of(DAY, base_url, Path(home))
        began = time.perf_counter()
        if processes == PROCESSES:
            [done] = on_all_cores([work])
        else:
            with Workers(processes) as workers:
                done = do(work, workers)
        seconds = time.perf_counter() - began
        if done.error:
            raise done.error
        check(work, truth)
    return seconds


def work_of(day: date, base_url: str, folder: Path) -> Work:
    """Return a day as work."""
    return Work(day, WANTED, base_url, folder, Limits(), 8)


def check(work: Work, truth: dict[str, int]) -> None:
    """Raise where a count is not the true one."""
    part = read_part(work.manifest)
    if part is None or {row["coverage"] for row in part.rows} != {"whole"}:
        raise RuntimeError(f"the part of {work.day} is not whole")
    found = {f"{row['subject']} {kind}": row[kind] for row in part.rows for kind in COUNTS}
    wrong = {name: (times, truth.get(name, 0)) for name, times in found.items() if times != truth.get(name, 0)}
    if wrong:
        raise RuntimeError(f"counts differ (found, true): {wrong}")


def over_http(folder: Path, truth: dict[str, int]) -> float:
    """Read the day from a server on this machine, which takes its share of the cores."""
    with served(folder) as address:
        return timed_day(address, PROCESSES, truth)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder while the block runs."""
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        try:
            yield f"http://127.0.0.1:{line.split(' port ')[1].split()[0]}"
        finally:
            process.terminate()


def read_once(folder: Path) -> None:
    """Read the day in this process and its workers."""
    with TemporaryDirectory() as home:
        list(on_all_cores([work_of(DAY, folder.as_uri(), Path(home))]))


def peak_mb(folder: Path) -> float:
    """Return the peak of the resident memory of a process that reads the day, all its workers added."""
    command = [sys.executable, "-m", "benchmarks.gharchive_day", "--once", str(folder)]
    peak = 0
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            peak = max(peak, sum(resident(pid) for pid in (process.pid, *children(process.pid))))
            time.sleep(0.02)
    return peak / 1e6


def resident(pid: int) -> int:
    """Return the resident bytes of a process, 0 where it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = path.read_text("utf-8").rpartition(")")[2].split()[1]
        except OSError:
            continue
        if parent == str(pid):
            found.append(int(path.parent.name))
    return found


if __name__ == "__main__":
    main()
