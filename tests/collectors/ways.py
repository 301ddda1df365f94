"""Ways through the networks of companies to a server on the loopback: proxies, an authority of their own, a GitHub."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from tests.collectors.loopback import Answering, Asked, Loopback, Reply, serving

OWN_HEADERS = {"host", "connection", "proxy-connection", "keep-alive", "transfer-encoding", "content-length"}
AT_ONCE = 65_536


@contextmanager
def forwarding(target: str, tls: ssl.SSLContext | None = None, place: Callable[[str], str] = str) -> Iterator[Loopback]:
    """Serve what a server answers, byte for byte, as an HTTP proxy and as a front do; `place` turns paths into its own.

    Where the server behind breaks off, 502 is answered, as proxies do.
    """
    with httpx.Client(trust_env=False, timeout=30) as client, serving(_handing_on(client, target, place), tls) as found:
        yield found


def _handing_on(client: httpx.Client, target: str, place: Callable[[str], str]) -> Answering:
    def answer(_: object, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        path = place(parts.path) + (f"?{parts.query}" if parts.query else "")
        headers = {name: text for name, text in asked.headers.items() if name not in OWN_HEADERS}
        try:
            with client.stream(asked.method, target + path, headers=headers, content=asked.body) as response:
                told = {name: text for name, text in response.headers.items() if name not in OWN_HEADERS}
                return Reply(response.status_code, b"".join(response.iter_raw()), told)
        except httpx.HTTPError:
            return Reply(502)

    return answer


class Socks(socketserver.ThreadingTCPServer):
    """A SOCKS5 proxy without passwords; it counts whom it has let through."""

    daemon_threads, allow_reuse_address, block_on_close = True, True, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SocksDoor)
        self.passed = 0
        self.url = f"socks5://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """Leave a connection that an end broke."""


class SocksDoor(socketserver.BaseRequestHandler):
    """One connection through the proxy."""

    server: Socks

    def handle(self) -> None:
        asked = self.request.recv(2)
        self.request.recv(asked[1])
        self.request.sendall(b"\x05\x00")
        kind = self.request.recv(4)[3]
        host = self.request.recv(4) if kind == 1 else self.request.recv(self.request.recv(1)[0])
        port = int.from_bytes(self.request.recv(2))
        name = socket.inet_ntoa(host) if kind == 1 else host.decode()
        self.request.sendall(b"\x05\x00\x00\x01" + bytes(6))
        self.server.passed += 1
        with socket.create_connection((name, port)) as other:
            back = threading.Thread(target=_pour, args=(other, self.request), daemon=True)
            back.start()
            _pour(self.request, other)
            back.join()


@contextmanager
def socks() -> Iterator[Socks]:
    """Run a SOCKS5 proxy while the block runs."""
    with Socks() as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        yield proxy
        proxy.shutdown()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(AT_ONCE):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        sink.close()
