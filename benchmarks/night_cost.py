"""Measure what a night asks of GitHub, against the local replica: `python -m benchmarks.night_cost`.

Three subjects of the size of PyTorch, TensorFlow and JAX on their first nights, every answer 50 ms late; then a
thousand small repositories; then the repositories behind the capabilities of the demo's subjects, which have a source
of their own. Requests are counted by the server, points by GitHub's rule; a 304 is free.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.memory import peak_mib
from flows.replica import Server, build_world
from flows.replica.demo import demo_catalog, demo_repositories, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.world import PROFILES

LARGE = ("pytorch", "tensorflow", "jax")
LATENCY_MS = 50
NIGHTS = 5
SMALL = {"created": datetime(2024, 1, 1).date(), "stars": 900, "forks": 90, "contributors": 40, "commits": 60}
HEAD = "| night | requests | of these 304 | GraphQL points | MB | seconds | peak MiB |\n|---|---|---|---|---|---|---|"

LIVENESS_HEAD = "| night | repositories | requests | GraphQL points | MB |\n|---|---|---|---|---|"
WATCHED_DAYS = (0, 1, 7, 14, 35)


def main() -> None:
    """Print a table for the three, and one for the thousand."""
    print(f"Three large subjects, {LATENCY_MS} ms a request\n\n{HEAD}")
    large = [one for one in demo_subjects() if one["id"] in LARGE]
    nights(large, LATENCY_MS, demo_repositories(large))
    for count in (100, 1_000):
        print(f"\n{count:,} small repositories\n\n{HEAD}")
        nights([small(number) for number in range(count)], 0)
    print(f"\nLiveness of the demo's repositories\n\n{LIVENESS_HEAD}")
    weeks(demo_subjects())


def weeks(subjects: list[dict[str, Any]]) -> None:
    """Ask about the repositories behind capabilities on some nights of five weeks, and print a line for each."""
    from flows.settings import load_settings
    from flows.stages.collect import collect_source
    from flows.stages.land import RunStart, start_run
    from flows.stages.nightly import land_night

    backing, now = demo_repositories(subjects), datetime.now(UTC).replace(tzinfo=None)
    with TemporaryDirectory() as folder, Server(build_world(subjects, now.date(), backing=backing)) as server:
        home = Path(folder)
        (home / "catalog.toml").write_text(demo_catalog(subjects, [], server.url, backing), "utf-8")
        os.environ.update(server.environment())
        settings = load_settings(home_dir=home / "home", catalog=home / "catalog.toml")
        for day in WATCHED_DAYS:
            run_start = RunStart("nightly", f"{start_run('nightly').run_id}-{day}", now + timedelta(days=day))
            with spent(server) as found:
                collected = collect_source("liveness", settings, run_start, [])
            land_night(settings, [collected], run_start)
            repositories = sum(len(one.rows) for one in collected.rows if one.table == "repository_state")
            print(
                f"| {day + 1} | {repositories} | {found['requests']} | {found['points']} | {found['bytes'] / 1e6:.2f} |"
            )


def small(number: int) -> dict[str, Any]:
    """Return a small repository of its own."""
    name = f"small-{number:04}"
    PROFILES[name] = SMALL | {"issues": 30}
    return {"id": name, "name": name, "kind": "framework", "github": f"many/{name}", "github_id": 5_000_000 + number}


def nights(subjects: list[dict[str, Any]], latency_ms: float, backing: Sequence[dict[str, Any]] = ()) -> None:
    """Run the nights one after the other, each in a process of its own, and print a line for each."""
    world = build_world(subjects, datetime.now(UTC).date(), backing=backing)
    with (
        TemporaryDirectory() as folder,
        Server(world, latency_ms=latency_ms, limits={"core": 10**6, "graphql": 10**6}) as server,
    ):
        home = Path(folder)
        plain = [{**one, "discord_invite": None} for one in subjects]
        tables = [{key: value for key, value in one.items() if value is not None} for one in plain]
        (home / "catalog.toml").write_text(demo_catalog(tables, [], server.url, backing), "utf-8")
        settings = {"SPEEDSCORE_HOME_DIR": str(home / "home"), "SPEEDSCORE_CATALOG": str(home / "catalog.toml")}
        environment = {**os.environ, **server.environment(), **write_repositories(world, home / "git"), **settings}
        for night in range(1, NIGHTS + 1):
            with spent(server) as found:
                seconds, peak = run(environment)
            row = (night, found["requests"], found["unchanged"], found["points"], f"{found['bytes'] / 1e6:.1f}")
            print("| " + " | ".join(map(str, (*row, f"{seconds:.1f}", f"{peak:.0f}"))) + " |", flush=True)


@contextmanager
def spent(server: Server) -> Iterator[dict[str, int]]:
    """Yield what the server answered while the block ran."""
    before, found = tally(server), {}
    yield found
    found |= {name: value - before[name] for name, value in tally(server).items()}


def tally(server: Server) -> dict[str, int]:
    """Return what the server has answered so far."""
    return {
        "requests": sum(path.startswith("/github") for _, path in server.requests),
        "unchanged": server.unchanged,
        "points": server.spent("graphql"),
        "bytes": server.bytes_sent,
    }


def run(environment: Mapping[str, str]) -> tuple[float, float]:
    """Collect from GitHub and land in a new process; give the seconds of the collecting, and peak MiB."""
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.night_cost", "collect"], env=environment, check=True, capture_output=True
    )
    seconds, peak = told.stdout.split()
    return float(seconds), float(peak)


def collect() -> None:
    """Collect from GitHub as a night does, every source that asks it; land, and print seconds and peak MiB."""
    from collectors.source import sources
    from flows.settings import load_settings
    from flows.stages.collect import collect_source
    from flows.stages.land import start_run
    from flows.stages.nightly import land_night

    settings, run_start = load_settings(), start_run("nightly")
    began = time.perf_counter()
    counted = collect_source("github", settings, run_start, [])
    seconds = time.perf_counter() - began
    others = [one.name for one in sources().values() if one.asks_github and one.name != "github"]
    collected = [counted, *(collect_source(name, settings, run_start, []) for name in others)]
    land_night(settings, collected, run_start)
    print(seconds, peak_mib())


if __name__ == "__main__":
    collect() if sys.argv[1:] == ["collect"] else main()
