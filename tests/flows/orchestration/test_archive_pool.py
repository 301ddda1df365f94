"""With a real Prefect server and two workers of a work pool: overlapping spans are read once, and landed by one loader."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from flows.orchestration.server import prefect_server
from flows.stages.archive_load import load_parts
from flows.stages.land import publish, start_run
from tests.flows.stages.test_archive import ROOT, archive, days, settings, steps, values
from tests.whole import IS_WHOLE

pytestmark = [
    pytest.mark.prefect,
    pytest.mark.skipif(not IS_WHOLE, reason="two minutes; `make test-whole` runs it"),
]
__all__ = ["archive", "days", "settings"]  # fixtures
PREFECT = (sys.executable, "-m", "prefect")


def test_two_workers_of_a_pool_read_spans_that_overlap_and_one_loader_lands_them(workers, settings, archive):
    whole = archive.server.answering
    archive.server.answering = lambda wire, asked: time.sleep(0.05) or whole(wire, asked)
    spans = [("2020-05-01", "2020-05-02"), ("2020-05-02", "2020-05-03")]
    runs = [prefect("deployment", "run", "archive/archive", "-p", f"first={first}", "-p", f"last={last}", "--watch") for first, last in spans]  # fmt: skip

    assert [run.wait(300) for run in runs] == [0, 0]
    assert len(archive.server.asked) == 72
    publish(settings)
    assert load_parts(settings, start_run("backfill")) == 3
    assert values(settings) == archive.truth
    assert steps(settings) == []


@pytest.fixture
def workers(settings, tmp_path, monkeypatch) -> Iterator[None]:
    """Serve, deploy as deployments/ says, and start two workers, one run each."""
    for name in [name for name in os.environ if name.startswith("PREFECT_API")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.chdir(ROOT)
    with prefect_server():
        assert prefect("work-pool", "create", "speedscore", "--type", "process").wait(60) == 0
        deployed = prefect("--no-prompt", "deploy", "--name", "archive", "--prefect-file", "deployments/prefect.yaml")
        assert deployed.wait(120) == 0
        with ExitStack() as stack:
            for name in ("one", "two"):
                stack.enter_context(started("worker", "start", "--pool", "speedscore", "--name", name, "--limit", "1"))
            yield


@contextmanager
def started(*words: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = prefect(*words)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def prefect(*words: str) -> "subprocess.Popen[bytes]":
    log = Path(os.environ["PREFECT_HOME"]).parent / "prefect.log"
    with log.open("ab") as sink:
        return subprocess.Popen([*PREFECT, *words], stdout=sink, stderr=sink)
