"""The one seam to the network: time-outs, retries, pace, budget, size cap, archive, conditional requests, replay."""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import stamina

from collectors.archive import Answer, Archive, Replay, request_key
from collectors.budget import Budget, quota_of
from collectors.errors import (
    ChangedError,
    ConnectError,
    NoAnswerError,
    RestrictedError,
    ServerFaultError,
    SourceError,
    TooLargeError,
)
from collectors.etags import Etags, Known
from collectors.pace import Pace
from collectors.status import bare, judge, pause_of

log = logging.getLogger(__name__)

REDIRECTS = {301, 302, 303, 307, 308}
SERVER_FAULTS = {500, 502, 503, 504}
TRIES = 3
MAX_REDIRECTS = 5
PENDING_PATIENCE_S = 6.0


@dataclass(frozen=True)
class Limits:
    """How long and how much one request may take: seconds, decoded bytes."""

    timeout_s: float = 10.0
    deadline_s: float = 60.0
    max_bytes: int = 64 * 2**20
    max_wait_s: float = 60.0


@dataclass
class Http:
    """Ask through this and nothing else; every answer is kept, and a replayed run asks nobody."""

    client: httpx.Client
    now: Callable[[], datetime]
    pace: Pace
    limits: Limits = field(default_factory=Limits)
    archive: Archive | None = None
    etags: Etags | None = None
    replay: Replay | None = None
    budget: Budget = field(default_factory=Budget)
    spent: Counter[str] = field(default_factory=Counter)
    silent_hosts: dict[str, str] = field(default_factory=dict)

    def get(self, url: str, headers: Mapping[str, str] | None = None, **params: Any) -> Answer:
        """Ask for an address; give the final good answer, or raise the SourceError that says what is wrong."""
        full = str(httpx.URL(url, params=params)) if params else url
        return self.request("GET", full, headers=headers)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request, again where that may help; follow redirects within the host only."""
        key = request_key(method, url, body)
        if self.replay:
            return judge(self.replay.answer(key))
        known = self._known(url) if method == "GET" else None
        sent = dict(headers or {}) | ({"If-None-Match": known.etag} if known else {})
        try:
            answer = self._insist(method, url, sent, body)
        except SourceError as error:
            if self.archive:
                self.archive.keep_error(key, url, self.now(), error)
            raise
        return self._kept(key, url, answer, known)

    def json(self, url: str, headers: Mapping[str, str] | None = None, **params: Any) -> tuple[Any, Answer]:
        """Ask for JSON; raise ChangedError when something else comes."""
        answer = self.get(url, headers, **params)
        return parse(answer), answer

    def _known(self, url: str) -> Known | None:
        known = self.etags.get(url) if self.etags and self.archive else None
        return known if known and self.archive and self.archive.load(known.sha256) is not None else None

    def _kept(self, key: str, url: str, answer: Answer, known: Known | None) -> Answer:
        if url.endswith("/access_tokens"):  # its body is the secret that GitHub issues to an app
            return judge(answer)
        if answer.status == httpx.codes.NOT_MODIFIED and known and self.archive:
            body = self.archive.load(known.sha256) or b""
            answer = replace(answer, status=200, headers={**known.headers, **answer.headers}, body=body)
        kept = self.archive.keep(key, answer) if self.archive else answer
        etag = answer.headers.get("etag")
        if self.etags and etag and kept.status == httpx.codes.OK and key.startswith("GET "):
            self.etags.put(url, Known(etag, kept.sha256, kept.headers))
        return judge(kept)

    def _insist(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        """Try again after faults that pass; a host that is silent once is not asked again in this run."""
        host = urlsplit(url).netloc
        if host in self.silent_hosts:
            raise ConnectError(self.silent_hosts[host])
        tries = stamina.retry_context(
            on=NoAnswerError, attempts=TRIES, timeout=None, wait_initial=0.2, wait_max=5.0, wait_jitter=0.2
        )
        try:
            for attempt in tries:
                with attempt:
                    return self._patiently(method, url, headers, body)
        except ConnectError as error:
            self.silent_hosts[host] = str(error)
            raise
        raise AssertionError("a retry context always ends with a result or an error")

    def _patiently(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        """Wait as long as the source asks, within max_wait_s; raise what may pass as NoAnswerError."""
        waited = 0.0
        while True:
            answer = self._follow(method, url, headers, body)
            if answer.status in SERVER_FAULTS:
                raise ServerFaultError(f"{bare(url)} answered {answer.status}")
            pause = pause_of(answer, self.now())
            if pause is None:
                return answer
            patience = PENDING_PATIENCE_S if answer.status == httpx.codes.ACCEPTED else self.limits.max_wait_s
            allowed = min(patience, self.limits.max_wait_s)
            if waited + pause > allowed:
                return answer
            log.info("%s asks for a pause of %.0f s", urlsplit(url).netloc, pause)
            waited += pause
            self.pace.wait(pause)

    def _follow(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        address = url
        for _ in range(MAX_REDIRECTS):
            answer = self._once(method, address, headers, body)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return replace(answer, url=address)
            target, leaves = target_of(address, answer.headers["location"])
            if leaves:
                host = urlsplit(target).netloc
                raise ChangedError(f"{bare(address)} redirects to another host, {host}; not followed")
            address = target
        raise NoAnswerError(f"{bare(url)} redirects without end")

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        """Send one request if the budget allows it, and hear what the answer says of the budget."""
        if wait := self.budget.take(url, self.now(), self.limits.max_wait_s):
            self.pace.wait(wait)
        answer = self._send(method, url, headers, body)
        if answer.status == httpx.codes.NOT_MODIFIED:
            self.budget.give_back(url)
        self.budget.hear(url, quota_of(answer))
        return answer

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        host = urlsplit(url).netloc
        with self.pace.slot(host):
            self.spent[host] += 1
            deadline = time.monotonic() + self.limits.deadline_s
            try:
                with self.client.stream(method, url, headers=headers, content=body) as response:
                    content = self._read(response, deadline)
                    found = {name.lower(): text for name, text in response.headers.items()}
                    return Answer(url, response.status_code, found, content, self.now())
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise ConnectError(f"{host} cannot be reached") from error
            except httpx.LocalProtocolError:  # its text may hold the token
                raise RestrictedError(f"{bare(url)} cannot be asked so; is the token one line?") from None
            except httpx.HTTPError as error:
                raise NoAnswerError(f"{bare(url)} broke off: {error or type(error).__name__}") from error

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self.limits.max_bytes:
                raise TooLargeError(f"{bare(str(response.url))} sends more than {self.limits.max_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise NoAnswerError(f"{bare(str(response.url))} took longer than {self.limits.deadline_s:g} s")
        return bytes(content)


def target_of(address: str, location: str) -> tuple[str, bool]:
    """Give where a redirect goes, and whether no token may follow: to another host, or out of encryption."""
    try:
        here, there = urlsplit(address), urlsplit(urljoin(address, location))
    except ValueError as error:
        raise ChangedError(f"{bare(address)} redirects to no address: {error}") from error
    return there.geturl(), here.netloc != there.netloc or (here.scheme, there.scheme) == ("https", "http")


def parse(answer: Answer) -> Any:
    """Give the JSON of an answer; raise ChangedError when it is none."""
    try:
        return json.loads(answer.body)
    except ValueError as error:
        start = answer.body[:40].decode(errors="replace").strip()
        raise ChangedError(f"{bare(answer.url)} sent no JSON but {start!r}") from error


def need(payload: Any, *path: str | int) -> Any:
    """Give what stands at a path of a JSON answer; raise ChangedError that names the missing field."""
    found = payload
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            raise ChangedError(f"the answer has no {'.'.join(map(str, path))}") from None
    return found


def count(payload: Any, *path: str | int) -> float:
    """Give the count at a path: a whole number, 0 or more; raise ChangedError for anything else."""
    found = need(payload, *path)
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise ChangedError(f"{'.'.join(map(str, path))} is {found!r}; a count was expected")
    return float(found)


def each(payload: Any, *path: str | int) -> list[Any]:
    """Give the list at a path; raise ChangedError for anything else."""
    found = need(payload, *path)
    if not isinstance(found, list):
        raise ChangedError(f"{'.'.join(map(str, path))} is {type(found).__name__}; a list was expected")
    return found


def midnight(moment: datetime) -> datetime:
    """Give the first moment of the day: windows end there (METHOD 1)."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
