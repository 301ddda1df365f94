"""Use the Prefect server that is set, or run one; it ends with this process, however this process ends."""

import atexit
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx

from warehouse.errors import WarehouseError

PORT = 4200
PATIENCE_S = 120.0
END_S = 3.0
HOST = "127.0.0.1"
LASTING = ("prefect", "server", "start")
PASSING = ("uvicorn", "--factory", "prefect.server.api.server:create_app", "--log-level", "error", "--lifespan", "on")
ONE_RUN = {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1", "PREFECT_UI_ENABLED": "0"}
"""What Prefect sets for a server that serves one run: no pages, no schedules."""


class ServerError(WarehouseError):
    """Prefect's server did not start; its log says why."""


@contextmanager
def prefect_server(wanted: int = 0) -> Iterator[str]:
    """Yield the API address of a running server; one that is started here ends with the block.

    It listens on the wanted port where that is free, else on any: two runs that start at once must not share one.
    """
    if address := os.environ.get("PREFECT_API_URL"):
        yield address
        return
    port = _free_port(wanted)
    process = _start(LASTING, port, {})
    try:
        yield _address_of(process, port)
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        _end(process)


def passing_server() -> str:
    """Start a server for the runs of this process and return its API address; it ends with the process."""
    port = _free_port(0)
    process = _start(PASSING, port, ONE_RUN)
    atexit.register(_end, process)
    return _address_of(process, port)


def _start(module: Sequence[str], port: int, more: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a server on the leash, in a session of its own: Ctrl-C is for us, and we end it."""
    command = [sys.executable, "-m", "flows.orchestration.leash", *module, "--host", HOST, "--port", str(port)]
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        env={**os.environ, **more},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


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
    while time.monotonic() - began < PATIENCE_S and process.poll() is None:
        try:
            if httpx.get(f"{address}/health", timeout=2, trust_env=False).is_success:
                os.environ["PREFECT_API_URL"] = address
                return address
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    _end(process)
    raise ServerError(
        f"Prefect's server at {address} did not come up; the machine may be busy: try again, "
        "run `prefect server start` to see why, or set PREFECT_API_URL"
    )


def _free_port(wanted: int) -> int:
    """Return the wanted port, or any free one where that is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerError(f"no port is free on {HOST}")
