"""The seam to the network: retries, waits, budget, size cap, archive, conditional requests, replay."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from collectors.errors import IncompleteError, MovedError, NoAnswerError, SourceError, TooLargeError
from collectors.transport.archive import Answer, Archive, Replay, request_key
from collectors.transport.budget import Budget, Quota, quota_of
from collectors.transport.download import Download, File
from collectors.transport.etags import Etags, Known
from collectors.transport.pace import Pace
from collectors.transport.payload import parse
from collectors.transport.status import bare, is_fault, judge, pause_of
from collectors.transport.wire import MAX_REDIRECTS, REDIRECTS, Limits, Wire, address_of, target_of

log = logging.getLogger(__name__)

PENDING_PATIENCE_S = 6.0


class Http:
    """What collectors ask through; every answer is kept, and a replayed run asks nobody.

    `now` gives the moment as naive UTC.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the parts of the seam, handed over once
        self,
        client: httpx.Client,
        now: Callable[[], datetime],
        pace: Pace,
        limits: Limits | None = None,
        archive: Archive | None = None,
        etags: Etags | None = None,
        replay: Replay | None = None,
    ) -> None:
        """Put the parts together; nothing is asked yet."""
        self.now = now
        self._wire, self._limits, self._budget = Wire(client, pace, now), limits or Limits(), Budget()
        self._archive, self._etags, self._replay = archive, etags, replay
        self._download = Download(self._wire, now, self._limits, archive, etags, replay)

    @property
    def requests(self) -> int:
        """How many requests this run has sent."""
        return self._wire.requests

    @property
    def clock_ahead_s(self) -> float | None:
        """How many seconds our clock is ahead of the hosts that answered this run; None where none of them says."""
        return self._wire.clocks.ahead_s

    @property
    def max_wait_s(self) -> float:
        """How long a source may make us wait, in seconds."""
        return self._limits.max_wait_s

    @property
    def has_silent_host(self) -> bool:
        """Whether some host could not be reached in this run."""
        return self._wire.has_silent_host

    @property
    def is_replay(self) -> bool:
        """Whether the answers are those of a kept run."""
        return self._replay is not None

    @property
    def has_kept_queries(self) -> bool:
        """Whether the kept run sent queries, which needs a token."""
        return self._replay is not None and self._replay.has_posts

    @property
    def kept_body(self) -> Callable[[str], bytes | None] | None:
        """Where kept bodies are found by their fingerprint; None where none are kept."""
        return self._archive.load if self._archive else None

    def get(self, url: str, headers: Mapping[str, str] | None = None, **params: Any) -> Answer:
        """Ask for an address; return the final good answer, or raise the SourceError that says what is wrong."""
        return self.request("GET", address_of(url, **params), headers=headers)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request, again where that may help; follow redirects within the host only."""
        key = request_key(method, address_of(url), body)
        if self._replay:
            return judge(self._replay.answer(key))
        known = self._known(url) if method == "GET" else None
        sent = dict(headers or {}) | ({"If-None-Match": known.etag} if known else {})
        try:
            answer = self._wire.persist(url, lambda: self._patiently(method, url, sent, body))
        except SourceError as error:
            if self._archive:
                self._archive.keep_error(key, url, self.now(), error)
            raise
        return self._kept(key, url, answer, known)

    def json(self, url: str, headers: Mapping[str, str] | None = None, **params: Any) -> tuple[Any, Answer]:
        """Ask for JSON; raise ChangedError when something else comes."""
        answer = self.get(url, headers, **params)
        return parse(answer), answer

    def download(self, url: str, folder: Path, headers: Mapping[str, str] | None = None) -> File:
        """Return the file behind an address, fetched now or as it lies in the folder; raise SourceError without it."""
        return self._download(url, folder, headers or {})

    def hear(self, url: str, quota: Quota) -> None:
        """Take note of what a source says is left of the limit that an address counts against."""
        self._budget.hear(url, quota)

    def rest(self, url: str, seconds: float) -> None:
        """Let nobody ask the host of an address for so long."""
        self._wire.rest(url, seconds)

    def close(self) -> None:
        """Close the connections and the table of ETags."""
        self._wire.close()
        if self._etags:
            self._etags.close()

    def _known(self, url: str) -> Known | None:
        known = self._etags.get(url) if self._etags and self._archive else None
        return known if known and self._archive and self._archive.load(known.sha256) is not None else None

    def _kept(self, key: str, url: str, answer: Answer, known: Known | None) -> Answer:
        """Keep an answer and judge it; what is read of it is the body as it came, what is written has no secrets."""
        if url.endswith("/access_tokens"):  # its body is the secret that GitHub issues to an app
            return judge(answer)
        if answer.status == httpx.codes.NOT_MODIFIED and known and self._archive:
            body = self._archive.load(known.sha256)
            if body is None:
                raise IncompleteError(f"{bare(url)} is unchanged, but what was kept of it is gone")
            answer = replace(answer, status=200, headers={**known.headers, **answer.headers}, body=body)
        kept = self._archive.keep(key, answer) if self._archive else answer
        etag, is_whole = answer.headers.get("etag"), kept.sha256 == answer.sha256
        if self._etags and etag and is_whole and kept.status == httpx.codes.OK and key.startswith("GET "):
            self._etags.put(url, Known(etag, kept.sha256, kept.headers))
        good = judge(kept)
        return good if is_whole else replace(good, body=answer.body, kept_as=kept.sha256)

    def _patiently(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        """Wait as long as the source asks, twice as long after each further refusal, within max_wait_s.

        Raise what may pass as NoAnswerError.
        """
        waited, longer = 0.0, 1
        while True:
            answer = self._follow(method, url, headers, body)
            pause = pause_of(answer)
            if pause is None:
                return judge(answer) if is_fault(answer.status) else answer
            allowed = self._limits.max_wait_s
            if answer.status == httpx.codes.ACCEPTED:
                allowed = min(PENDING_PATIENCE_S, allowed)
            else:
                pause, longer = pause * longer, longer * 2
            if waited + pause > allowed:
                return answer
            log.info("%s asks for a pause of %.0f s", urlsplit(url).netloc, pause)
            waited += pause
            self._wire.wait(pause)

    def _follow(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        address = url
        for _ in range(MAX_REDIRECTS):
            answer = self._once(method, address, headers, body)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return replace(answer, url=address)
            target, leaves = target_of(address, answer.headers["location"])
            if leaves:
                host = urlsplit(target).netloc
                raise MovedError(f"{bare(address)} redirects to another host, {host}; not followed")
            address = target
        raise NoAnswerError(f"{bare(url)} redirects without end")

    def _once(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        """Send one request if the budget allows it, and hear what the answer says of the budget."""
        if wait := self._budget.take(url, self.now(), self._limits.max_wait_s):
            self._wire.wait(wait)
        answer = self._send(method, url, headers, body)
        if answer.status == httpx.codes.NOT_MODIFIED:
            self._budget.give_back(url)
        self._budget.hear(url, quota_of(answer))
        return answer

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        deadline = time.monotonic() + self._limits.deadline_s
        with self._wire.stream(method, url, headers, body) as response:
            found, fetched_at = {name.lower(): text for name, text in response.headers.items()}, self.now()
            content = self._read(response, deadline)
            return Answer(url, response.status_code, found, content, fetched_at)

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self._limits.max_bytes:
                raise TooLargeError(f"{bare(str(response.url))} sends more than {self._limits.max_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise NoAnswerError(f"{bare(str(response.url))} took longer than {self._limits.deadline_s:g} s")
        return bytes(content)
