"""With a real Prefect server: the cron schedule creates runs, and the landing's event starts the scoring."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import httpx
import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Running, Scheduled

from catalog.load import load_catalog
from flows.orchestration.pipelines import nightly, report
from flows.orchestration.tending import WRITER, tend
from scoring.rubric_files import available

pytestmark = pytest.mark.prefect

PATIENCE_S = 240


def test_a_cron_schedule_creates_a_run_and_its_landing_starts_the_scoring(serving):
    address, home = serving

    nightly = wait_for(address, "nightly")
    scoring = wait_for(address, "score")

    assert nightly["auto_scheduled"] is True
    assert nightly["created_by"]["type"] == "SCHEDULE"
    assert scoring["created_by"]["type"] == "AUTOMATION"
    with duckdb.connect(home / "speedscore.duckdb", read_only=True) as warehouse:
        scored = warehouse.execute(
            "select rubric, count(*) from score where as_of = '2024-02-01' group by rubric order by rubric"
        ).fetchall()
    subjects = len(load_catalog().subjects)
    assert scored == [(rubric, subjects) for rubric in available()]


def test_after_a_night_the_site_is_renewed_and_the_log_is_kept(serving):
    address, home = serving

    wait_for(address, "score")

    assert (home / "site/index.html").exists()
    assert "127.0.0.1:9" in (home / "speedscore.log").read_text()


def test_one_run_writes_at_a_time(serving):
    address, _ = serving

    found = httpx.get(f"{address}/v2/concurrency_limits/{WRITER}", timeout=10).json()

    assert (found["limit"], found["active"]) == (1, True)


def test_what_a_dead_process_left_is_crashed_and_of_missed_runs_one_of_each_is_run(serving, capsys):
    address, _ = serving
    tag = "home:of-another"
    with temporary_settings({PREFECT_API_URL: address}), get_client(sync_client=True) as client:
        deployment = nightly.to_deployment("dead", tags=[tag], concurrency_limit=1).apply()
        due = [datetime(2026, 1, day, 2, tzinfo=UTC) for day in (1, 2, 3)]
        states = [Running(), *(Scheduled(scheduled_time=one) for one in (*due, datetime(2100, 1, 1, tzinfo=UTC)))]
        runs = [client.create_flow_run_from_deployment(deployment, state=one).id for one in states]
        _, *late, _ = runs
        weekly = report.to_deployment("dead", tags=[tag]).apply()
        newer = Scheduled(scheduled_time=datetime(2026, 1, 4, 6, tzinfo=UTC))
        runs.append(client.create_flow_run_from_deployment(weekly, state=newer).id)

        tend(tag, catches_up=True)
        after = [client.read_flow_run(one).state.name for one in runs]
        tend(tag, catches_up=False)
        last = client.read_flow_run(late[-1]).state.name

    assert after == ["Crashed", "Cancelled", "Cancelled", "Scheduled", "Scheduled", "Scheduled"]
    assert last == "Cancelled"
    assert "was missed and is run now" in capsys.readouterr().err


@pytest.fixture(scope="module")
def serving(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """`speedscore serve` with its own server, every minute, with no upstream to be reached."""
    home = tmp_path_factory.mktemp("serve")
    nowhere = "http://127.0.0.1:9"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")} | {
        "PREFECT_HOME": str(home / "prefect"),
        "SPEEDSCORE_HOME_DIR": str(home),
        "SPEEDSCORE_NIGHTLY_CRON": "* * * * *",
        "SPEEDSCORE_SERVE_PORT": "0",
        "SPEEDSCORE_GITHUB_API_URL": nowhere,
        "SPEEDSCORE_STACKEXCHANGE_API_URL": nowhere,
        "SPEEDSCORE_DISCORD_API_URL": nowhere,
        "SPEEDSCORE_PAPERS_ARCHIVE_URL": nowhere,
    }
    log = home / "serve.log"
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            [sys.executable, "-m", "flows", "serve"],
            env=environment,
            stderr=sink,
            stdout=sink,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield address_in(log, process), home
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def address_in(log: Path, process: subprocess.Popen) -> str:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S and process.poll() is None:
        if found := re.search(r"server (http://\S+/api)", log.read_text()):
            return found[1]
        time.sleep(0.5)
    raise AssertionError(f"speedscore serve did not start:\n{log.read_text()[-3000:]}")


def wait_for(address: str, flow: str) -> dict:
    """Return the first completed run of a flow."""
    wanted = {"flows": {"name": {"any_": [flow]}}, "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        if found := httpx.post(f"{address}/flow_runs/filter", json=wanted, timeout=10).json():
            return found[0]
        time.sleep(1)
    states = httpx.post(f"{address}/flow_runs/filter", json={"flows": wanted["flows"]}, timeout=10).json()
    raise AssertionError(f"no completed run of {flow}: {[run['state']['message'] for run in states]}")
