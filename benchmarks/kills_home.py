"""A home that is killed in: its nights as processes, its rows, and what must hold after a kill."""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import duckdb
from filelock import FileLock, Timeout

PATIENCE_S = 60.0
SOURCES = ("github", "discord", "pypi", "stackoverflow")
ASKED = tuple(word for source in SOURCES for word in ("--source", source))
"""What a night asks here: the sources of figures, and none that reads whole lists of papers, which takes most time."""
IMPORTED = (
    "flows.cli.runs",
    "flows.orchestration.pipelines",
    "flows.stages.health",
    "flows.stages.verify",
    "reports.site",
)
SAID = """
  select distinct subject, metric, method, source, status, reason, value from observation_current
  where metric not like '%_age_d' and metric not like '%_walked'
    and valid_at >= (select max(started_at)::date from run)
    and (status <> 'missing' or valid_at >= (select max(started_at) from run where kind = 'nightly'))
"""
"""What is known of the day; what the killed night could not learn is about its own moment, and no row of the next."""
SCORED = """
  select distinct subject, rubric, as_of, status, round(speed_score, 1) from latest_score
"""
DOUBLED = """
  select count(*) from (
    select count(*) as times from observation
    group by subject, metric, method, source, valid_at, status, value, run_id having times > 1)
"""
RUN_TWICE = "select count(*) from (select run_id from run group by all having count(*) > 1)"


@dataclass(frozen=True)
class Home:
    """A home folder; what its last command said lies beside it."""

    path: Path

    @property
    def log(self) -> Path:
        """Where the last command's words are."""
        return self.path.with_suffix(".said")

    def said(self) -> str:
        """Return what the last command said."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Night:
    """A command in a session of its own: forked with all imported, or as a user starts it, with its own server."""

    def __init__(self, home: Home, *words: str, is_own: bool = False, publishes: "Ending | None" = None) -> None:
        self.home = home
        self._code: int | None = None
        command = words or ("nightly", *ASKED)
        self.pid = _spawned(home, command) if is_own else _forked(home, command, publishes)

    def has_ended(self) -> bool:
        """Return whether it has ended."""
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code is not None

    def wait(self) -> int:
        """Wait for its end; return the exit code."""
        while not self.has_ended():
            time.sleep(0.01)
        return self._code or 0

    def kill(self) -> None:
        """Kill it with everything in its process group."""
        if not self.has_ended():
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()


def _spawned(home: Home, words: tuple[str, ...]) -> int:
    told = {name: text for name, text in os.environ.items() if name != "PREFECT_API_URL"}
    with home.log.open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows", *words],
            env={**told, "SPEEDSCORE_HOME_DIR": str(home.path)},
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        ).pid


def _forked(home: Home, words: tuple[str, ...], publishes: "Ending | None" = None) -> int:
    """Fork a process that runs a command; nothing has run in this one but imports."""
    from flows.cli.app import main

    _import_all()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    os.setsid()
    os.environ["SPEEDSCORE_HOME_DIR"] = str(home.path)
    with home.log.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1) for number in (1, 2))
    sys.argv = ["speedscore", *words]
    if publishes:
        publishes.arm()
    return _as_a_program(main)


def _import_all() -> None:
    for name in IMPORTED:
        importlib.import_module(name)


@dataclass
class Ending:
    """Where in publishing a night kills itself, for a step of some milliseconds cannot be met from outside."""

    left: int
    """How many times it publishes until then, this one included."""
    point: str
    """Half copied, copied and not kept, or in its place and not kept."""

    def arm(self) -> None:
        """Let this process die there."""
        from warehouse import publish

        copy, self._os = publish._copy, publish.os  # noqa: SLF001 - the very steps of publishing

        def dying(source: Path, fresh: Path) -> None:
            self.left -= 1
            if not self.left and self.point == "half copied":
                fresh.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            copy(source, fresh)
            if not self.left and self.point == "copied":
                os.kill(os.getpid(), signal.SIGKILL)

        publish._copy = dying  # noqa: SLF001
        publish.os = self  # type: ignore[assignment]

    def open(self, *asked: object) -> int:
        """Stand in for the module `os` where the folder is kept, when the file is in its place."""
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._os.open(*asked)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)


def _as_a_program(main: Callable[[], None]) -> NoReturn:
    code = 70
    try:
        main()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def asked_of(folder: Path, url: str) -> dict[str, str]:
    """Return what every command is told: the replica's addresses, its catalog, and git's way to its repositories."""
    from flows.replica.server import PATHS, TOKEN

    for name in [name for name in os.environ if name.startswith(("SPEEDSCORE_", "PREFECT_"))]:
        del os.environ[name]
    return {name: url + path for name, path in PATHS.items()} | {
        "GITHUB_TOKEN": TOKEN,
        "SPEEDSCORE_CATALOG": str(folder / "catalog.toml"),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_ROOT_LEVEL": "ERROR",
        "SPEEDSCORE_RECENT_CALLS": "0",
        "SPEEDSCORE_TIMEOUT_S": "60",
        "SPEEDSCORE_DEADLINE_S": "120",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{(folder / 'git').as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }


def health_of(home: Home) -> str:
    """Return what `health` names as not well, in words of one piece."""
    night = Night(home, "health", "--json")
    night.wait()
    try:
        checks = json.loads(home.said())["checks"]
    except (ValueError, KeyError):
        return f"NOT READ: {home.said()[-300:]}"
    names = [f"{one['name']} {one['verdict']}" for one in checks if one["verdict"] != "ok"]
    return ", ".join(name for name in names if not name.startswith(("source_", "review_queue", "expiring")))


def faults_after(home: Home, expected: set[tuple[object, ...]], *, verifies: bool) -> list[str]:
    """Return what does not hold after the next night has ended well."""
    if not (home.path / "speedscore.duckdb").exists():
        return ["no warehouse"]
    found = rows(home.path)
    told = health_of(home)
    faults = [
        (left := processes_of(home), f"{left} processes are left after the next night"),
        (found != expected, f"{len(found ^ expected)} rows differ, as {sorted(map(str, found ^ expected))[:4]}"),
        (_one(home, DOUBLED), "rows are doubled"),
        (_one(home, RUN_TWICE), "a run stands twice"),
        (_is_held(home), "the writer's lock is held"),
        (told, f"health afterwards: {told}"),
        (verifies and Night(home, "verify").wait(), f"verify: {home.said()[-300:]}"),
    ]
    return [text for is_so, text in faults if is_so]


def rows(path: Path) -> set[tuple[object, ...]]:
    """Return the figures of the last night and the scores, published."""
    with duckdb.connect(path / "speedscore.duckdb", read_only=True) as warehouse:
        return set(warehouse.execute(SAID).fetchall()) | set(warehouse.execute(SCORED).fetchall())


def processes_of(home: Home) -> int:
    """Count the processes that know this home and still live after a minute; those that end sooner are none."""
    mark, began = f"SPEEDSCORE_HOME_DIR={home.path}".encode(), time.monotonic()
    while (found := _knowing(mark)) and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.2)
    return found


def _knowing(mark: bytes) -> int:
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found += mark in (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
    return found


def _one(home: Home, query: str) -> int:
    with duckdb.connect(home.path / "speedscore.duckdb", read_only=True) as warehouse:
        return int(warehouse.execute(query).fetchall()[0][0])


def _is_held(home: Home) -> bool:
    try:
        with FileLock(home.path / "speedscore.writer.lock", timeout=0):
            return False
    except Timeout:
        return True
