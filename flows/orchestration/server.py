"""Use the Prefect server that is set, or run one; it ends with this process, however this process ends."""

import atexit
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx

from warehouse.errors import WarehouseError

PATIENCE_S = 120.0
END_S = 3.0
HOST = "127.0.0.1"
LOG = "speedscore-server.log"
LASTING = ("prefect", "server", "start")
PASSING = ("uvicorn", "--factory", "prefect.server.api.server:create_app", "--log-level", "error", "--lifespan", "on")
ONE_RUN = {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1", "PREFECT_UI_ENABLED": "0"}
"""What Prefect sets for a server that serves one run: no pages, no schedules."""


class ServerError(WarehouseError):
    """Prefect's server did not start; its log says why."""


@contextmanager
def prefect_server(port: int = 0, told: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the API address of a running server; one that is started here ends with the block.

    It listens on the port that is given, or on any free one for 0, and has what it is told in its environment.
    Raise ServerError where that port is taken.
    """
    if address := os.environ.get("PREFECT_API_URL"):
        yield address
        return
    port = _free_port(port)
    process = _start(LASTING, port, {name: text for name, text in (told or {}).items() if name not in os.environ})
    try:
        yield _address_of(process, port)
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        _end(process)


def passing_server() -> str:
    """Return the API address of a server for the runs of this process; it ends with the process."""
    return _address_of(*_begun())


def begin_server() -> None:
    """Let a server for the runs of this process come up while Prefect is imported; not where another may be set."""
    profiles = Path(os.environ.get("PREFECT_PROFILES_PATH") or _home() / "profiles.toml")
    if not os.environ.get("PREFECT_API_URL") and not profiles.exists():
        _begun()


@cache
def _begun() -> tuple[subprocess.Popen[bytes], int]:
    """Start the server of this process, once; give it with its port."""
    port = _free_port(0)
    process = _start(PASSING, port, ONE_RUN)
    atexit.register(_end, process)
    return process, port


def _start(module: Sequence[str], port: int, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a server on the leash, in a session of its own: Ctrl-C is for us, and we end it."""
    command = [sys.executable, "-m", "flows.orchestration.leash", *module, "--host", HOST, "--port", str(port)]
    _home().mkdir(parents=True, exist_ok=True)
    with (_home() / LOG).open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own program
            command,
            env={**os.environ, **more},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def _home() -> Path:
    """Return where Prefect keeps its own things."""
    return Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect").expanduser()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the leash go, and wait until the server has ended."""
    if process.stdin:
        process.stdin.close()
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _address_of(process: subprocess.Popen[bytes], port: int) -> str:
    """Wait until a server answers, and let this process use it; raise ServerError where it does not come up."""
    address = f"http://{HOST}:{port}/api"
    began = time.monotonic()
    with httpx.Client(timeout=2, trust_env=False) as client:  # one for all tries: each loads the certificates anew
        while time.monotonic() - began < PATIENCE_S and process.poll() is None:
            if _answers(client, f"{address}/health"):
                os.environ["PREFECT_API_URL"] = address
                return address
            time.sleep(0.1)
    _end(process)
    raise ServerError(
        f"Prefect's server at {address} did not come up; the machine may be busy: try again, "
        f"see {_home() / LOG} for why, or set PREFECT_API_URL"
    )


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.HTTPError:
        return False


def _free_port(wanted: int) -> int:
    """Return the wanted port, or any free one for 0; raise ServerError where it is taken."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, wanted))
        except OSError:
            raise ServerError(
                f"port {wanted} of this machine is taken, perhaps by another `speedscore serve`: end that one, "
                f"set PREFECT_API_URL=http://{HOST}:{wanted}/api to share its server, or SPEEDSCORE_SERVE_PORT"
            ) from None
        return int(probe.getsockname()[1])
