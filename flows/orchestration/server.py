"""Use the Prefect server that is set, or run one for as long as the block lasts."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from warehouse.errors import WarehouseError

PORT = 4200
PATIENCE_S = 120.0


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
    address = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait(process, address)
            os.environ["PREFECT_API_URL"] = address
            yield address
        finally:
            os.environ.pop("PREFECT_API_URL", None)
            process.terminate()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_S and process.poll() is None:
        try:
            if httpx.get(f"{address}/health", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise ServerError(f"Prefect's server at {address} did not come up; run `prefect server start` to see why")


def _free_port(wanted: int) -> int:
    """Return the wanted port, or any free one where that is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerError("no port is free on 127.0.0.1")
