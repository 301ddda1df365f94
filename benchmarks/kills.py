"""Kill nights while they collect, land, publish and score, and see that the next one ends well, as if nothing had been.

    python -m benchmarks.kills --kills 100 --serve 10 --worker 10

A kill is SIGKILL, at a random moment of a stage that is seen from outside: in its files, its locks and its words.
After each, `health` must tell of it, the next night must end well with the rows of undisturbed nights, no process may
be left, no lock and no slot be held, and `verify` must confirm each score. Exit code 1 where a promise does not hold.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.kills_home import Ending, Home, Night, asked_of, faults_after, health_of, processes_of, rows
from benchmarks.kills_stages import POINTS, STAGES, Stage, durations, wait_for

SMALL = {"commits": 120, "issues": 40, "stars": 4000, "questions_day": 0.05}
SUBJECT = "mlx"
DAYS_OLD = 70
LONGEST_S = {Stage.COLLECT: 60.0, Stage.LAND: 3.0, Stage.SCORE: 60.0}
"""Within how many seconds of a stage a night is killed: a landing is over soon."""
FRESH_INTERPRETER = 10
"""Each so-manieth night is a command of its own with a server of its own; the others are forked with all imported."""


@dataclass
class Tally:
    """What came of the kills."""

    kills: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, name: str, told: str, faults: list[str]) -> None:
        """Count one kill, and print it."""
        self.kills[name] += 1
        self.told[told or "nothing"] += 1
        self.faults += faults
        text = "; ".join(faults) or "the next night is as if nothing had been"
        print(f"{datetime.now(UTC):%H:%M:%S} {sum(self.kills.values())}: {name}; health: {told}; {text}", flush=True)


def main() -> int:
    """Run undisturbed nights, then kill others."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=20, help="of the command line")
    asked.add_argument("--serve", type=int, default=0, help="kills of `speedscore serve`")
    asked.add_argument("--worker", type=int, default=0, help="kills of a worker of a work pool")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    chance, tally = random.Random(given.seed), Tally()
    with tempfile.TemporaryDirectory(prefix="speedscore-kills-") as name, replica(Path(name)) as told:
        os.environ.update(told)
        if given.kills:
            kill_command_line(Path(name), given.kills, chance, tally)
        if given.serve or given.worker:
            from benchmarks.kills_served import kill_serve, kill_worker

            kill_serve(Path(name), given.serve, chance, tally.add)
            kill_worker(Path(name), given.worker, chance, tally.add)
    print(f"kills: {dict(sorted(tally.kills.items()))}; health between: {dict(tally.told.most_common())}")
    print(f"{sum(tally.kills.values()) - len(tally.faults)} of {sum(tally.kills.values())} as promised")
    return 1 if tally.faults else 0


def kill_command_line(folder: Path, kills: int, chance: random.Random, tally: Tally) -> None:
    """Kill so many nights of the command line: half of them the first of a home, half of them later ones."""
    from flows.orchestration import server

    server.PATIENCE_S = 900
    with server.prefect_server() as address:
        print(f"one server for all but each tenth night: {address}", flush=True)
        first, second = Home(folder / "first"), Home(folder / "second")
        usual = durations(first)
        expected_first = rows(first.path)
        shutil.copytree(first.path, second.path)
        if code := Night(second).wait():
            raise SystemExit(f"the second undisturbed night ended with {code}: {second.said()[-2000:]}")
        expected_second = rows(second.path)
        print(f"undisturbed: {len(expected_first)} rows, then {len(expected_second)}; {usual}", flush=True)
        for number in range(kills):
            stage = STAGES[number % len(STAGES)]
            home = Home(folder / f"home-{number}")
            is_later = bool(number // len(STAGES) % 2)
            if is_later:
                shutil.copytree(first.path, home.path)
            is_own = number % FRESH_INTERPRETER == FRESH_INTERPRETER - 1 and stage is not Stage.PUBLISH
            if stage is Stage.PUBLISH:
                told, faults = killed_publishing(home, Ending(chance.choice((1, 2)), chance.choice(POINTS)))
            else:
                told, faults = killed(
                    home, stage, chance.uniform(0, min(usual[stage], LONGEST_S[stage])), is_own=is_own
                )
            expected = expected_second if is_later else expected_first
            faults += faults_after(home, expected, verifies=number % 5 == 0)
            tally.add(
                f"{stage}, {'later' if is_later else 'first'} night{', own server' if is_own else ''}", told, faults
            )
            if not faults:
                shutil.rmtree(home.path)


def killed(home: Home, stage: Stage, after_s: float, *, is_own: bool) -> tuple[str, list[str]]:
    """Kill one night in a stage, ask `health`, run the next; return what health told, and what is not as promised."""
    night, faults = Night(home, is_own=is_own), []
    if not wait_for(stage, home, night, after_s):
        faults.append(f"the night ended with {night.wait()} before the kill: {home.said()[-300:]}")
    night.kill()
    return afterwards(home, faults, is_own=is_own)


def killed_publishing(home: Home, ending: Ending) -> tuple[str, list[str]]:
    """Let one night die while it publishes; return as `killed`."""
    code = Night(home, publishes=ending).wait()
    return afterwards(home, [] if code == -signal.SIGKILL else [f"it ended with {code}, and not by the kill"])


def afterwards(home: Home, faults: list[str], *, is_own: bool = False) -> tuple[str, list[str]]:
    """Ask `health` after a kill, and run the next night."""
    if left := processes_of(home):
        faults.append(f"{left} processes are left")
    told = health_of(home)
    if code := Night(home, is_own=is_own).wait():
        faults.append(f"the next night ended with {code}: {home.said()[-500:]}")
    return told, faults


@contextmanager
def replica(folder: Path) -> Iterator[dict[str, str]]:
    """Serve one small framework from a process of its own; yield what every command is told."""
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        os.close(reads)
        _serve(folder, writes)
    os.close(writes)
    try:
        with os.fdopen(reads) as said:
            url = said.readline().strip()
        yield asked_of(folder, url)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def _serve(folder: Path, writes: int) -> None:
    from flows.replica import Server, build_world
    from flows.replica.demo import demo_catalog, demo_subjects
    from flows.replica.git import write_repositories
    from flows.replica.world import PROFILES

    os.setsid()
    today, subjects = datetime.now(UTC).date(), [one for one in demo_subjects() if one["id"] == SUBJECT]
    PROFILES[SUBJECT] = PROFILES["default"] | PROFILES.get(SUBJECT, {}) | SMALL
    PROFILES[SUBJECT]["created"] = today - timedelta(days=DAYS_OLD)
    world = build_world(subjects, today)
    write_repositories(world, folder / "git")
    with Server(world, limits={"core": 10**9, "graphql": 10**9, "stackexchange": 10**9}) as server:
        (folder / "catalog.toml").write_text(demo_catalog(subjects, [], server.url), "utf-8")
        os.write(writes, f"{server.url}\n".encode())
        os.close(writes)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main())
