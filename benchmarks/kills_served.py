"""Kill `speedscore serve`, and a worker of a work pool, in a night; see that the next one runs the next night."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks.kills_home import SOURCES, Home, faults_after, health_of, processes_of, rows
from benchmarks.kills_stages import Stage, wait_for

PATIENCE_S = 900.0
NEVER = "0 0 29 2 *"
ROOT = Path(__file__).resolve().parents[1]
POOL = "speedscore"
WRITER = "duckdb-writer"
PARAMETERS = {"sources": list(SOURCES)}
Row = set[tuple[object, ...]]


@dataclass(frozen=True)
class Api:
    """A Prefect server, as one who starts runs and looks at them sees it."""

    address: str

    def start(self, deployment: str) -> str:
        """Let a deployment run now; return the run's id."""
        found = self._until(lambda: httpx.get(f"{self.address}/deployments/name/{deployment}", timeout=30))
        path = f"{self.address}/deployments/{found['id']}/create_flow_run"
        asked = {"parameters": PARAMETERS, "state": {"type": "SCHEDULED"}}
        return str(self._until(lambda: httpx.post(path, json=asked, timeout=30))["id"])

    def ended(self, run: str) -> str:
        """Wait until a run has ended; return the name of its state."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_S:
            state = self._until(lambda: httpx.get(f"{self.address}/flow_runs/{run}", timeout=30))["state"]
            if state["type"] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}:
                return str(state["name"])
            time.sleep(0.5)
        return "not ended"

    def runs(self, flow: str, *states: str) -> list[dict[str, Any]]:
        """Return the runs of a flow in some states."""
        asked = {"flows": {"name": {"any_": [flow]}}, "flow_runs": {"state": {"type": {"any_": states}}}}
        ask = partial(httpx.post, f"{self.address}/flow_runs/filter", json=asked, timeout=30)
        found: list[dict[str, Any]] = self._until(ask)
        return found

    def slots(self) -> int:
        """Return how many slots are held, of whatever limit."""
        told = self._until(lambda: httpx.post(f"{self.address}/v2/concurrency_limits/filter", json={}, timeout=30))
        return sum(one["active_slots"] for one in told)

    def _until(self, ask: Callable[[], httpx.Response]) -> Any:
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_S:
            try:
                answer = ask()
                if answer.is_success:
                    return answer.json()
            except httpx.HTTPError:
                pass
            time.sleep(0.5)
        raise SystemExit(f"{self.address} did not come up")


def kill_serve(folder: Path, kills: int, chance: random.Random, add: Callable[[str, str, list[str]], None]) -> None:
    """Kill `serve` while it runs a night: its whole group, or its first process alone."""
    expected: Row = set()
    for number in range(kills + bool(kills)):
        home = Home(folder / f"serve-{number}")
        faults: list[str] = []
        is_alone, told = bool(number % 2), ""
        if number:
            with serving(home) as (process, api, name):
                api.start(f"nightly/{name}")
                stage = chance.choice([Stage.COLLECT, Stage.LAND])
                wait_for(stage, home, None, chance.uniform(0, 3))
                (os.kill if is_alone else os.killpg)(process.pid, signal.SIGKILL)
                process.wait()
            if left := processes_of(home):
                faults.append(f"{left} processes are left")
            told = health_of(home)
        with serving(home) as (process, api, name):
            faults += night_on(api, f"nightly/{name}", scores="score")
            if held := slots_left(api):
                faults.append(f"{held} slots are held")
        if not number:
            expected = rows(home.path)
            continue
        faults += faults_after(home, expected, verifies=number == 1)
        add(f"serve, {'alone' if is_alone else 'its group'}", told, faults)


def kill_worker(folder: Path, kills: int, chance: random.Random, add: Callable[[str, str, list[str]], None]) -> None:
    """Kill workers with the night that they run; the next worker runs the next one."""
    if not kills:
        return
    from flows.orchestration import server

    server.PATIENCE_S = PATIENCE_S
    os.environ["PREFECT_WORKER_QUERY_SECONDS"] = "2"
    told_server = {
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": "30",
    }
    with server.prefect_server(0, told_server) as address:
        api, expected = Api(address), set[tuple[object, ...]]()
        _prefect("work-pool", "create", POOL, "--type", "process")
        _prefect("--no-prompt", "deploy", "--all", "--prefect-file", "deployments/prefect.yaml")
        for number in range(kills + 1):
            home, faults, told = Home(folder / f"worker-{number}"), list[str](), ""
            if number:
                with worker(home) as process:
                    api.start("nightly/nightly")
                    stage = chance.choice([Stage.COLLECT, Stage.LAND])
                    wait_for(stage, home, None, chance.uniform(0, 3))
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                if left := processes_of(home):
                    faults.append(f"{left} processes are left")
                told = health_of(home)
            with worker(home):
                faults += night_on(api, "nightly/nightly", scores="score")
            if held := slots_left(api):
                faults.append(f"{held} slots are held")
            if not number:
                expected = rows(home.path)
                continue
            faults += faults_after(home, expected, verifies=number == 1)
            add("worker", told, faults)


def night_on(api: Api, deployment: str, scores: str) -> list[str]:
    """Run a night and wait for the scoring that its event starts; return what did not end well."""
    before = len(api.runs(scores, "COMPLETED"))
    if (state := api.ended(api.start(deployment))) != "Completed":
        return [f"the next night ended as {state}"]
    began = time.monotonic()
    while len(api.runs(scores, "COMPLETED")) <= before:
        if time.monotonic() - began > PATIENCE_S:
            return ["no scoring followed"]
        time.sleep(0.5)
    return []


def slots_left(api: Api) -> int:
    """Return how many slots are still held after half a minute in which nothing runs."""
    began = time.monotonic()
    while (held := api.slots()) and time.monotonic() - began < 60:
        time.sleep(1)
    return held


@contextmanager
def serving(home: Home) -> Iterator[tuple["subprocess.Popen[bytes]", Api, str]]:
    """Run `speedscore serve` of a home; Ctrl-C ends it with the block unless it has been killed."""
    from flows.orchestration.tending import home_tag

    port = _free_port()
    told = {
        "SPEEDSCORE_SERVE_PORT": str(port),
        "SPEEDSCORE_NIGHTLY_CRON": NEVER,
        "SPEEDSCORE_REPORT_CRON": NEVER,
        "PREFECT_HOME": f"{home.path}-prefect",
    }
    process = _started(home, told, sys.executable, "-m", "flows", "serve")
    try:
        yield process, Api(f"http://127.0.0.1:{port}/api"), home_tag(home.path).removeprefix("home:")
    finally:
        _stop(process, signal.SIGINT)


@contextmanager
def worker(home: Home) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker of a home."""
    process = _started(home, {}, sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL)
    try:
        yield process
    finally:
        _stop(process, signal.SIGTERM)


def _started(home: Home, told: dict[str, str], *words: str) -> "subprocess.Popen[bytes]":
    home.path.mkdir(parents=True, exist_ok=True)
    told = {**os.environ, "SPEEDSCORE_HOME_DIR": str(home.path), **told}
    with home.log.open("ab") as log:
        return subprocess.Popen(
            words, env=told, cwd=home.path, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )


def _stop(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _prefect(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "prefect", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
