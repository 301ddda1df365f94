"""Measure the first nights of very many repositories: `python -m benchmarks.big_nights [--subjects 1000] [--nights 2]`.

Every repository is small, and is asked through every source that asks GitHub, each night in a process of its own. Each
step of a night is told with its seconds of the wall and of the processor, what the process had resident before it, and
its own peak, which the kernel forgets between the steps. The baseline is the process once everything is imported.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from benchmarks.memory import forget_peak, peak_mib
from flows.replica import Server, build_world
from flows.replica.demo import demo_catalog
from flows.replica.git import write_repositories
from flows.replica.world import PROFILES

SIZES: dict[str, dict[str, int]] = {
    "small": {"days": 1_060, "stars": 900, "forks": 90, "contributors": 40, "commits": 60, "issues": 30},
    "tiny": {"days": 60, "stars": 40, "forks": 4, "contributors": 5, "commits": 10, "issues": 6},
}
LIMIT = 10**6
HEAD = "| night | step | wall s | CPU s | peak MiB | to imports |\n|---|---|---|---|---|---|"


def main() -> None:
    """Run the nights one after the other and print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=1_000)
    parser.add_argument("--nights", type=int, default=2)
    parser.add_argument("--size", choices=sorted(SIZES), default="small")
    parser.add_argument("--without-clones", action="store_true", help="as where no git is installed")
    parser.add_argument("--folder", type=Path, help="where the home is kept; else it goes with the end")
    told = parser.parse_args()
    print(f"{told.subjects:,} {told.size} repositories\n\n{HEAD}", flush=True)
    every = nights(told.subjects, told.size, told.nights, folder=told.folder, has_clones=not told.without_clones)
    for number, (requests, steps) in enumerate(every, start=1):
        for step, (wall, cpu, peak, ratio) in steps.items():
            print(f"| {number} | {step} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {ratio:.1f} |", flush=True)
        print(f"night {number}: {requests:,} requests", flush=True)


def nights(
    count: int, size: str, number: int, *, has_clones: bool, folder: Path | None = None
) -> Iterator[tuple[int, dict[str, list[float]]]]:
    """Run nights of so many repositories; yield of each its requests, and its steps as `run_steps` tells them."""
    subjects = [repository(one, size) for one in range(count)]
    world = build_world(subjects, datetime.now(UTC).date())
    with TemporaryDirectory() as scratch, Server(world, limits={"core": LIMIT, "graphql": LIMIT}) as server:
        home = folder or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        (home / "catalog.toml").write_text(demo_catalog(subjects, [], server.url), "utf-8")
        settings = {"SPEEDSCORE_HOME_DIR": str(home / "home"), "SPEEDSCORE_CATALOG": str(home / "catalog.toml")}
        clones = write_repositories(world, Path(scratch) / "git") if has_clones else {"PATH": scratch}
        environment = {**os.environ, **server.environment(), **clones, **settings}
        for night in range(number):
            before = len(server.requests)
            steps = _night(environment, night)
            yield len(server.requests) - before, steps


def repository(number: int, size: str) -> dict[str, Any]:
    """Return a repository of its own, as the catalog names it; the replica draws its history by its profile."""
    name, profile = f"{size}-{number:05}", dict(SIZES[size])
    created = datetime.now(UTC).date() - timedelta(days=profile.pop("days"))
    PROFILES[name] = {**profile, "created": created}
    return {"id": name, "name": name, "kind": "framework", "github": f"many/{name}", "github_id": 5_000_000 + number}


def _night(environment: dict[str, str], number: int) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "benchmarks.big_nights", "night", str(number)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def run_steps(number: int) -> dict[str, list[float]]:
    """Do what a night does, a day later for each number; return wall and CPU seconds, peak MiB, and its ratio."""
    steps: dict[str, list[float]] = {}
    with _measured(steps, "imports"):
        from collectors.source import sources
        from flows.settings import load_settings
        from flows.stages.collect import collect_source
        from flows.stages.land import RunStart, start_run
        from flows.stages.nightly import land_night
        from flows.stages.report import write_site
        from flows.stages.score import default_days, score_night
    settings, begun = load_settings(), start_run("nightly")
    run_start = RunStart("nightly", f"{begun.run_id}-{number}", begun.started_at + timedelta(days=number))
    names = [one.name for one in sources().values() if one.asks_github]
    with _measured(steps, "collect"):
        collected = [collect_source(name, settings, run_start, []) for name in names]
    with _measured(steps, "land"):
        land_night(settings, collected, run_start)
        del collected
    with _measured(steps, "score"):
        score_night(settings, default_days())
    with _measured(steps, "site"):
        write_site(settings, settings.home_dir / "site")
    return steps


@contextmanager
def _measured(steps: dict[str, list[float]], name: str) -> Iterator[None]:
    forget_peak()
    wall, cpu = perf_counter(), process_time()
    yield
    peak = peak_mib()
    base = steps["imports"][2] if steps else peak
    steps[name] = [perf_counter() - wall, process_time() - cpu, peak, peak / base]
    print(name, [round(one, 1) for one in steps[name]], file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(run_steps(int(sys.argv[2])))) if sys.argv[1:2] == ["night"] else main()
