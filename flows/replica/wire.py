"""Sockets: reads requests, writes answers, and commits the faults that only a socket can."""

import os
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any

from flows.replica.answer import Answer
from flows.replica.faults import Fault

Respond = Callable[[str, str, Mapping[str, str], bytes], tuple[Answer, Fault | None]]
WITHOUT_BODY = {204, 304}


class Door(ThreadingHTTPServer):
    """A port of 127.0.0.1 that hands requests to `respond`, each connection in its own thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond, stopping: Event) -> None:
        """Open the port."""
        super().__init__(("127.0.0.1", port), Handler)
        self.respond = respond
        self.stopping = stopping
        self.open: set[socket.socket] = set()

    def hang_up(self) -> None:
        """Close every connection that is still open."""
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other end was faster

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that hang up; print everything else."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive from request to request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Door

    def setup(self) -> None:
        """Remember the connection, so that the door can hang up."""
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.open.discard(self.connection)
        super().finish()

    def do_GET(self) -> None:
        """Answer, or commit the fault."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): text for name, text in self.headers.items()}
        method = "GET" if self.command == "HEAD" else self.command
        answer, fault = self.server.respond(method, self.path, headers, body)
        act = ACTS.get(fault.kind if fault else "", Handler.send)
        act(self, answer, fault)

    do_HEAD = do_POST = do_GET  # noqa: N815 - the names of the base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Keep quiet."""

    def begin(self, answer: Answer) -> bool:
        """Write everything before the body; tell whether a body follows."""
        reason = HTTPStatus(answer.status).phrase
        self.wfile.write(f"HTTP/1.1 {answer.status} {reason}\r\nServer: replica\r\n".encode("latin-1"))
        headers = dict(answer.headers)
        if answer.status not in WITHOUT_BODY:
            headers["Content-Length"] = str(len(answer.body))
        lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
        self.wfile.write(f"{lines}\r\n".encode("latin-1"))
        return self.command != "HEAD" and answer.status not in WITHOUT_BODY

    def send(self, answer: Answer, _: Fault | None) -> None:
        if self.begin(answer):
            self.wfile.write(answer.body)
        self.wfile.flush()

    def break_off(self, _: Answer, __: Fault) -> None:
        """Close at once and without farewell: the client sees a reset connection."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def wait_out(self, _: Answer, fault: Fault) -> None:
        """Say nothing for a while, then hang up."""
        self.close_connection = True
        self.server.stopping.wait(fault.seconds)

    def drip(self, answer: Answer, fault: Fault) -> None:
        """Send the body byte by byte."""
        for start in range(len(answer.body) if self.begin(answer) else 0):
            self.wfile.flush()
            if self.server.stopping.wait(fault.seconds):
                break
            self.wfile.write(answer.body[start : start + 1])
        self.wfile.flush()

    def cut_short(self, answer: Answer, _: Fault) -> None:
        """Promise the whole body, send half of it, and hang up."""
        self.close_connection = True
        if self.begin(answer):
            self.wfile.write(answer.body[: len(answer.body) // 2])
        self.wfile.flush()


ACTS: dict[str, Callable[[Handler, Answer, Any], None]] = {
    "reset": Handler.break_off,
    "timeout": Handler.wait_out,
    "slow_drip": Handler.drip,
    "truncated": Handler.cut_short,
}
