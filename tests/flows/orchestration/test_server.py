"""However a night ends, Prefect's server ends with it; what the night had fetched is landed by the next one."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.collectors.loopback import Asked, Loopback, Reply, Wire, as_json, serving
from tests.flows.builders import CATALOG
from tests.processes import children_of, ends
from tests.whole import long

PATIENCE_S = 240
ECHO = [sys.executable, "-m", "flows.orchestration.leash", "http.server", "0"]
STARTER = "import subprocess, sys; p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); print(p.pid, flush=True); p.wait()"


def test_a_module_on_the_leash_ends_when_its_starter_is_killed():
    with subprocess.Popen([sys.executable, "-c", STARTER, *ECHO], stdout=subprocess.PIPE, text=True) as starter:
        leashed = int(starter.stdout.readline())
        starter.kill()

    assert ends(leashed)


@pytest.mark.prefect
def test_a_killed_night_leaves_no_server_and_the_next_night_lands_what_it_had_fetched(home, upstream):
    with begun(home, upstream) as night:
        assert upstream.is_asked_about_beta.wait(PATIENCE_S)
        servers = children_of(night.pid)
        night.kill()
        night.communicate(timeout=PATIENCE_S)
    assert servers
    assert all(ends(server) for server in servers)

    upstream.is_silent = False
    with begun(home, upstream) as night:
        _, told = night.communicate(timeout=PATIENCE_S)

    assert night.returncode == 0, told
    assert "-nightly-" in told
    assert ": resumed from its kept answers: " in told
    assert members(home) == [
        ("alpha", 30.0, None),
        ("alpha", 30.0, None),
        ("beta", None, "incomplete"),
        ("beta", 30.0, None),
    ]


@long
@pytest.mark.prefect
def test_an_interrupted_night_says_one_sentence_and_leaves_no_server(home, upstream):
    with begun(home, upstream) as night:
        assert upstream.is_asked_about_beta.wait(PATIENCE_S)
        servers = children_of(night.pid)
        night.send_signal(signal.SIGINT)
        _, told = night.communicate(timeout=PATIENCE_S)

    assert night.returncode == 130
    assert told.splitlines()[-1] == "speedscore: interrupted; what had landed stays, nothing is half done"
    assert "Traceback" not in told
    assert servers
    assert all(ends(server) for server in servers)


@long
@pytest.mark.prefect
def test_a_raw_archive_that_cannot_be_written_fails_the_night_in_one_sentence(home, upstream):
    (home / "home" / "raw").mkdir(parents=True)
    (home / "home" / "raw" / "runs").write_text("a file where the folder should be")

    with begun(home, upstream) as night:
        _, told = night.communicate(timeout=PATIENCE_S)

    assert night.returncode == 1, told
    assert "Traceback" not in told
    assert told.splitlines()[-1].startswith(f"speedscore: {home}/home/raw/runs")
    assert not (home / "home" / "speedscore.duckdb").exists()


# --- fixtures and builders ---


class Upstream:
    """A chat that answers about alpha, and about beta once it is no longer silent."""

    def __init__(self) -> None:
        self.is_asked_about_beta = threading.Event()
        self.is_silent = True
        self.url = ""

    def answer(self, wire: Wire, asked: Asked) -> Reply | None:
        if "BBB" in asked.path:
            self.is_asked_about_beta.set()
            if self.is_silent:
                wire.server.released.wait(PATIENCE_S)
                return None
        return as_json({"guild": {"id": "1"}, "approximate_member_count": 30, "approximate_presence_count": 3})


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    found = Upstream()
    server: Loopback
    with serving(found.answer) as server:
        found.url = server.url
        yield found


@pytest.fixture
def home(tmp_path) -> Path:
    (tmp_path / "catalog.toml").write_text(CATALOG)
    return tmp_path


def begun(home: Path, upstream: Upstream) -> "subprocess.Popen[str]":
    """Start a night that asks the chat, with a Prefect server of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")} | {
        "PREFECT_HOME": str(home / "prefect"),
        "SPEEDSCORE_HOME_DIR": str(home / "home"),
        "SPEEDSCORE_CATALOG": str(home / "catalog.toml"),
        "SPEEDSCORE_DISCORD_API_URL": upstream.url,
        "SPEEDSCORE_MAX_CONCURRENCY": "1",
        "SPEEDSCORE_TIMEOUT_S": "200",
        "SPEEDSCORE_RECENT_CALLS": "0",
    }
    command = [sys.executable, "-m", "flows", "nightly", "--source", "discord"]
    return subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def members(home: Path) -> list[tuple]:
    asked = "select subject, value, reason from observation where metric = 'discord.members' and source = 'discord' order by subject, valid_at, known_at"
    with duckdb.connect(home / "home" / "speedscore.duckdb", read_only=True) as connection:
        return connection.execute(asked).fetchall()
