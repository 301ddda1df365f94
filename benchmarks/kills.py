"""Kill nights at random moments, and see that the next one ends well with the rows of an undisturbed run.

`python -m benchmarks.kills --kills 100` takes about half a minute a kill. Exit code 1 where a promise does not hold.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from flows.replica import Server, build_world
from flows.replica.demo import demo_catalog, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.world import PROFILES

SMALL = {"commits": 120, "issues": 40, "stars": 4000}
SUBJECT = "mlx"
SAID = """
  select distinct subject, metric, method, source, status, reason, value from observation_current
  where source in ('github', 'stackoverflow', 'huggingface', 'pypi') and metric not like '%_age_d'
    and metric not like '%_walked'
    and valid_at >= (select max(started_at)::date from run)
"""
DOUBLED = """
  select count(*) from (
    select count(*) as times from observation
    group by subject, metric, method, source, valid_at, status, value, run_id having times > 1)
"""


def main() -> int:
    """Run an undisturbed night, then kill others."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=20)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as server:
        folder = Path(name)
        told = environment(folder, server)
        began = time.monotonic()
        whole = run("nightly", folder / "whole", told)
        usual_s = time.monotonic() - began
        expected = rows(folder / "whole")
        print(f"an undisturbed night: exit {whole.returncode}, {usual_s:.1f} s, {len(expected)} figures")
        faults = 0
        for number in range(given.kills):
            after_s = chance.uniform(0.5, usual_s)
            fault = killed(folder / f"home-{number}", told, after_s, expected)
            faults += bool(fault)
            print(f"kill {number + 1} after {after_s:.1f} s: {fault or 'the next night is as if nothing had been'}")
    print(f"{given.kills - faults} of {given.kills} as promised")
    return 1 if faults else 0


def killed(home: Path, told: Mapping[str, str], after_s: float, expected: set[tuple[object, ...]]) -> str:
    """Kill a night, run the next, and return what is not as promised."""
    night = begun("nightly", home, told)
    time.sleep(after_s)
    os.killpg(night.pid, signal.SIGKILL)
    night.wait()
    left = servers_of(home)
    between = run("health", home, told).returncode
    following = run("nightly", home, told)
    if following.returncode:
        return f"the next night ended with {following.returncode}: {following.stdout[-300:]}"
    found = [
        (left, f"{left} processes are left"),
        (between == 0 and not (home / "speedscore.duckdb").exists(), "health saw nothing"),
        (
            rows(home) != expected,
            f"{len(rows(home) ^ expected)} figures differ, as {sorted(map(str, rows(home) ^ expected))[:2]}",
        ),
        (one(home, DOUBLED), "rows are doubled"),
        (run("health", home, told).returncode, "health is not well afterwards"),
    ]
    return "; ".join(text for is_so, text in found if is_so)


def rows(home: Path) -> set[tuple[object, ...]]:
    """Return the figures of the last night."""
    with duckdb.connect(home / "speedscore.duckdb", read_only=True) as warehouse:
        return set(warehouse.execute(SAID).fetchall())


def one(home: Path, query: str) -> int:
    """Return one number."""
    with duckdb.connect(home / "speedscore.duckdb", read_only=True) as warehouse:
        return int(warehouse.execute(query).fetchall()[0][0])


def servers_of(home: Path) -> int:
    """Count the processes that know this home and still live three seconds later."""
    time.sleep(3)
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += f"SPEEDSCORE_HOME_DIR={home}\0".encode() in (process / "environ").read_bytes()
        except OSError:
            continue
    return found


def begun(command: str, home: Path, told: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Start a command in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "flows", command],
        env={**told, "SPEEDSCORE_HOME_DIR": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run(command: str, home: Path, told: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    process = begun(command, home, told)
    text, _ = process.communicate()
    return subprocess.CompletedProcess([command], process.returncode, text)


def served(folder: Path) -> Server:
    """Return a replica of one small framework; its repositories lie below the folder."""
    today = datetime.now(UTC).date()
    PROFILES[SUBJECT] = PROFILES[SUBJECT] | SMALL | {"created": today - timedelta(days=400)}
    world = build_world(followed(), today)
    write_repositories(world, folder / "git")
    return Server(world)


def followed() -> list[dict[str, object]]:
    """Return the catalog's entry of the framework."""
    return [one for one in demo_subjects() if one["id"] == SUBJECT]


def environment(folder: Path, server: Server) -> dict[str, str]:
    """Return what every command is told."""
    (folder / "catalog.toml").write_text(demo_catalog(followed(), [], server.url), "utf-8")
    passed = {name: text for name, text in os.environ.items() if not name.startswith(("SPEEDSCORE_", "PREFECT_"))}
    return (
        passed
        | server.environment()
        | {
            "SPEEDSCORE_CATALOG": str(folder / "catalog.toml"),
            "PREFECT_HOME": str(folder / "prefect"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{(folder / 'git').as_uri()}/.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/",
        }
    )


if __name__ == "__main__":
    sys.exit(main())
