"""The first contact with each host: one request makes it while the others wait, so that many do not ask in vain."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

PATIENCE_S = 30.0
CONNECTED = "connection.connect_tcp.complete"


class Contact:
    """Which hosts have been reached in this run, or are being tried for the first time."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._tried: dict[str, Event] = {}

    @contextmanager
    def first(self, host: str) -> Iterator[None]:
        """Let the first block that is about a host begin at once, and the others when it has reached it or ended."""
        with self._guard:
            known = self._tried.get(host)
            event = known or self._tried.setdefault(host, Event())
        if known:
            known.wait(PATIENCE_S)
        try:
            yield
        finally:
            event.set()

    def watch(self, host: str) -> dict[str, Any]:
        """Return what a request tells of its connection: with the first one the host is there, whatever it says."""
        with self._guard:
            event = self._tried.get(host)
        if event is None or event.is_set():
            return {}

        def trace(name: str, _told: object) -> None:
            if name == CONNECTED:
                event.set()

        return {"trace": trace}
