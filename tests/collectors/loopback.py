"""A real HTTP server on the loopback, and the seam in front of it: what the wire does, it does here."""

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from collectors.transport.archive import Archive, Replay
from collectors.transport.etags import Etags
from collectors.transport.http import Http
from collectors.transport.pace import Pace
from collectors.transport.wire import Limits

MAY_DAY = datetime(2026, 5, 1, 2)
CERTIFICATES = ssl.create_default_context()  # once; each client would read them again


@dataclass(frozen=True)
class Reply:
    """What the server sends; `length` may lie about the body."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answering = Callable[["Wire", Asked], Reply | None]


class Wire(BaseHTTPRequestHandler):
    """The server's end of one connection."""

    server: "Loopback"

    def do_GET(self) -> None:
        asked = Asked(
            self.command,
            self.path,
            {name.lower(): text for name, text in self.headers.items()},
            self.rfile.read(int(self.headers.get("content-length") or 0)),
        )
        self.server.asked.append(asked)
        try:
            reply = self.server.answering(self, asked)
            if reply is not None:
                self.send(reply)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_POST(self) -> None:
        self.do_GET()

    def send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, text in reply.headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
        self.end_headers()
        self.wfile.write(reply.body)

    def reset(self) -> None:
        """Close so that the other end sees a reset."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Loopback(ThreadingHTTPServer):
    """The server, with every request it was sent; `answering` may be exchanged between requests."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, answering: Answering, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Wire)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.answering = answering
        self.asked: list[Asked] = []
        self.released = threading.Event()
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: Any) -> None:
        """Leave a connection that the test broke."""


@contextmanager
def serving(answering: Answering, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Serve while the block runs."""
    with Loopback(answering, tls) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()


class Nap:
    """A clock that moves only while somebody sleeps."""

    def __init__(self, start: datetime = MAY_DAY) -> None:
        self.start, self.slept = start, 0.0
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.slept += seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.slept)

    def clock(self) -> float:
        return self.slept


@contextmanager
def seam(
    folder: Path | None = None,
    *,
    run_id: str = "one",
    secrets: tuple[str, ...] = (),
    nap: Nap | None = None,
    at_once: int = 8,
    timeout_s: float = 2.0,
    transport: httpx.BaseTransport | None = None,
    replay: Replay | None = None,
    **limits: Any,
) -> Iterator[Http]:
    """Yield the seam as flows/collect makes it, with sleeps that cost nothing; archive and ETags with a folder."""
    nap = nap or Nap()
    client = httpx.Client(timeout=timeout_s, transport=transport, trust_env=False, verify=CERTIFICATES)
    http = Http(
        client=client,
        now=nap.now,
        pace=Pace(at_once, clock=nap.clock, sleep=nap.sleep),
        limits=Limits(**limits),
        archive=Archive(folder, run_id, secrets) if folder else None,
        etags=Etags(folder / "etags.sqlite", run_id) if folder else None,
        replay=replay,
    )
    try:
        yield http
    finally:
        http.close()


@contextmanager
def replaying(folder: Path, run_id: str = "one") -> Iterator[Http]:
    """Yield the seam over a kept run; its transport refuses everything."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"a replay asked the network: {request.method} {request.url}")

    with seam(transport=httpx.MockTransport(refuse), replay=Replay(folder, run_id)) as http:
        yield http


def always(reply: Reply) -> Answering:
    """Answer everything so."""
    return lambda _wire, _asked: reply


def in_turn(*replies: Reply) -> Answering:
    """Answer so one after the other; the last one from then on."""
    left = list(replies)
    return lambda _wire, _asked: left.pop(0) if len(left) > 1 else left[0]


def as_json(payload: Any, status: int = 200, **headers: str) -> Reply:
    """Return a JSON answer; `retry_after` is the header Retry-After."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(payload).encode(), {"Content-Type": "application/json", **named})


def http_date(moment: datetime) -> str:
    """Return a moment (naive UTC) as headers tell it."""
    return format_datetime(moment.replace(tzinfo=UTC), usegmt=True)
