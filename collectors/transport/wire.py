"""One request on the wire: its turn, its deadline, its retries, and errors named by who must act."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import stamina

from collectors.errors import (
    ChangedError,
    ConnectError,
    NoAnswerError,
    ProxyAuthError,
    RestrictedError,
    SetupError,
    UntrustedError,
)
from collectors.transport.archive import strip_secrets
from collectors.transport.clocks import Clocks
from collectors.transport.contact import Contact
from collectors.transport.pace import Pace
from collectors.transport.status import bare

T = TypeVar("T")
TRIES = 3
MAX_REDIRECTS = 5
SCHEMES = ("http", "https")
USUAL_PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Limits:
    """How long and how much one request may take: seconds, decoded bytes."""

    timeout_s: float = 10.0
    deadline_s: float = 60.0
    max_bytes: int = 64 * 2**20
    max_wait_s: float = 60.0


class Wire:
    """The network of one run; it counts requests, and a host that was silent once is not asked again."""

    def __init__(self, client: httpx.Client, pace: Pace, now: Callable[[], datetime]) -> None:
        """Ask through a client, at a pace; `now` gives the moment as naive UTC."""
        self.requests, self.clocks = 0, Clocks()
        self._client, self._pace, self._now = client, pace, now
        self._silent: dict[str, ConnectError] = {}
        self._contact = Contact()

    @property
    def has_silent_host(self) -> bool:
        """Whether some host could not be reached in this run."""
        return bool(self._silent)

    @contextmanager
    def stream(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Iterator[httpx.Response]:
        """Send one request and let the block read its answer; every failure is a SourceError."""
        host = urlsplit(url).netloc
        with self._pace.slot(host):
            self.requests += 1
            try:
                told = self._contact.watch(host)
                with self._client.stream(method, url, headers=headers, content=body, extensions=told) as response:
                    self.clocks.hear(host, response.headers, self._now())
                    yield response
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise _unreached(host, error) from error
            except httpx.ProxyError as error:  # what a proxy says to CONNECT, or that it speaks no SOCKS
                if str(error).startswith("407"):
                    raise ProxyAuthError(f"the proxy on the way to {bare(url)} asks for a password (407)") from None
                raise NoAnswerError(f"the proxy on the way to {bare(url)} refuses: {error}") from error
            except httpx.LocalProtocolError:  # its text may hold the token
                raise RestrictedError(f"{bare(url)} cannot be asked so; is the token one line?") from None
            except httpx.InvalidURL as error:  # of the address to which an answer leads
                raise ChangedError(f"{bare(url)} redirects to no address: {error}") from error
            except httpx.HTTPError as error:
                raise NoAnswerError(f"{bare(url)} broke off: {error or type(error).__name__}") from error

    def persist(self, url: str, attempt: Callable[[], T]) -> T:
        """Try again after faults that pass; raise the last one. A host is met by one request first."""
        host = urlsplit(url).netloc
        with self._contact.first(host):
            if host in self._silent:
                known = self._silent[host]
                raise type(known)(str(known))
            tries = stamina.retry_context(
                on=NoAnswerError, attempts=TRIES, timeout=None, wait_initial=0.2, wait_max=5.0, wait_jitter=0.2
            )
            try:
                for one in tries:
                    with one:
                        return attempt()
            except ConnectError as error:
                self._silent[host] = error
                raise
        raise AssertionError("a retry context always ends with a result or an error")

    def wait(self, seconds: float) -> None:
        """Sleep in this thread, between two tries."""
        self._pace.wait(seconds)

    def rest(self, url: str, seconds: float) -> None:
        """Let nobody ask the host of an address for so long."""
        self._pace.rest(urlsplit(url).netloc, seconds)

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def _unreached(host: str, error: Exception) -> ConnectError:
    """Return why a host cannot be reached: it shows a certificate that is not trusted, or nobody is there."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UntrustedError(f"{host}: certificate not trusted: {cause.verify_message}")
        cause = cause.__cause__ or cause.__context__
    return ConnectError(f"{host} cannot be reached")


def address_of(url: str, **params: Any) -> str:
    """Return an address with its parameters; raise SetupError for one at which nobody can be asked."""
    try:
        found = httpx.URL(url, params=params) if params else httpx.URL(url)
        is_whole = found.scheme in SCHEMES and bool(found.host)
    except (httpx.InvalidURL, ValueError):
        is_whole = False
    if not is_whole:
        raise SetupError(f"{strip_secrets(url)!r} is no address like https://host/path")
    return str(found) if params else url


def target_of(address: str, location: str) -> tuple[str, bool]:
    """Return where a redirect goes, and whether no token may follow: to another host, or out of encryption."""
    try:
        here, there = urlsplit(address), urlsplit(urljoin(address, location))
        is_other = _door(here) != _door(there)
    except ValueError as error:
        raise ChangedError(f"{bare(address)} redirects to no address: {error}") from error
    return there.geturl(), is_other or (here.scheme, there.scheme) == ("https", "http")


def _door(parts: SplitResult) -> tuple[str | None, int | None]:
    """Return host and port of an address, however they are written; the usual port of its scheme is none."""
    return parts.hostname, None if parts.port == USUAL_PORTS.get(parts.scheme) else parts.port
