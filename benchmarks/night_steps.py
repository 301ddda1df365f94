"""Measure where the time of a night goes, step by step, without Prefect: `python -m benchmarks.night_steps`.

Three subjects of the size of PyTorch, TensorFlow and JAX, every answer 50 ms late, each night in a process of its own.
Every step is told in seconds of the wall and of the processor, and as a ratio to its baseline: as many bare requests of
the same replica, as many at once, as the night asked.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.memory import peak_mib
from flows.imports import importing
from flows.replica import Server, build_world
from flows.replica.demo import demo_catalog, demo_facts, demo_repositories, demo_subjects
from flows.replica.git import write_repositories

LARGE = ("pytorch", "tensorflow", "jax")
LATENCY_MS = 50
NIGHTS = 3
AT_ONCE = 8
Night = tuple[int, float, dict[str, tuple[float, float]]]
"""How often a night asked, the seconds of as many bare requests, and its steps by the clock and of the processor."""
HEAD = "| night | step | seconds | CPU s | to bare requests |\n|---|---|---|---|---|"


def main() -> None:
    """Run the nights one after the other and print a line for each step."""
    print(HEAD)
    for number, (asked, bare, steps) in enumerate(nights(NIGHTS), start=1):
        print(f"| {number} | {asked} bare requests, {AT_ONCE} at once | {bare:.2f} | | 1 |")
        for name, (wall, cpu) in steps.items():
            print(f"| {number} | {name} | {wall:.2f} | {cpu:.2f} | {wall / bare:.1f} |", flush=True)


def nights(count: int) -> Iterator[Night]:
    """Run nights of one home, each in a process of its own."""
    subjects = [one for one in demo_subjects() if one["id"] in LARGE]
    backing, today = demo_repositories(subjects), datetime.now(UTC).date()
    world = build_world(subjects, today, backing=backing)
    limits = {"core": 10**6, "graphql": 10**6}
    with TemporaryDirectory() as folder, Server(world, latency_ms=LATENCY_MS, limits=limits) as server:
        home = Path(folder)
        facts = list(demo_facts(subjects, today, 7))
        (home / "catalog.toml").write_text(demo_catalog(subjects, facts, server.url, backing), "utf-8")
        settings = {"SPEEDSCORE_HOME_DIR": str(home / "home"), "SPEEDSCORE_CATALOG": str(home / "catalog.toml")}
        environment = {**os.environ, **server.environment(), **write_repositories(world, home / "git"), **settings}
        for _ in range(count):
            before = len(server.requests)
            steps = night(environment)
            asked = len(server.requests) - before
            yield asked, bare_seconds(server.url, asked), steps


def night(environment: dict[str, str]) -> dict[str, tuple[float, float]]:
    """Run one night in a new process; give seconds of wall and processor by step."""
    command = [sys.executable, "-m", "benchmarks.night_steps", "night"]
    told = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, tuple[float, float]] = json.loads(told.stdout.splitlines()[-1])
    return found


def bare_seconds(url: str, requests: int) -> float:
    """Return how long as many requests take that nobody reads."""
    began = time.perf_counter()
    with httpx.Client(trust_env=False) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda _: client.get(f"{url}/github/rate_limit"), range(max(1, requests))))
    return time.perf_counter() - began


def run_steps() -> dict[str, Any]:
    """Do what a night does, without Prefect around it."""
    steps: dict[str, tuple[float, float]] = {}
    with timed(steps, "imports"), importing():
        import collectors.github_api.requester  # noqa: F401 - as `nightly` does
        from flows.settings import load_settings
        from flows.stages.backfill import backfill_recent
        from flows.stages.chosen import chosen_sources
        from flows.stages.collect import collect_source
        from flows.stages.land import start_run
        from flows.stages.nightly import land_night
        from flows.stages.report import write_site
        from flows.stages.score import default_days, score_night
    settings, run_start, names = load_settings(), start_run("nightly"), chosen_sources([])
    with timed(steps, "collect"), ThreadPoolExecutor(AT_ONCE) as pool:
        collected = list(pool.map(lambda name: collect_source(name, settings, run_start, []), names))
    with timed(steps, "land"):
        land_night(settings, collected, run_start)
    with timed(steps, "heal"):
        profiled(lambda: backfill_recent(settings, [], names))
    with timed(steps, "score"):
        score_night(settings, default_days())
    with timed(steps, "site"):
        write_site(settings, settings.home_dir / "site")
    steps["all"] = (sum(wall for wall, _ in steps.values()), sum(cpu for _, cpu in steps.values()))
    print(f"peak {peak_mib():.0f} MiB", file=sys.stderr)
    return steps


def profiled(step: Callable[[], Any]) -> None:
    """Run a step, under the profiler where NIGHT_PROFILE names a file."""
    if not (path := os.environ.get("NIGHT_PROFILE")):
        step()
        return
    import cProfile

    profile = cProfile.Profile(time.process_time)
    profile.runcall(step)
    profile.dump_stats(path)


@contextmanager
def timed(steps: dict[str, tuple[float, float]], name: str) -> Iterator[None]:
    """Note how long a block takes, on the wall and on the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    steps[name] = (time.perf_counter() - wall, time.process_time() - cpu)


if __name__ == "__main__":
    print(json.dumps(run_steps())) if sys.argv[1:] == ["night"] else main()
