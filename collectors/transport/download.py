"""Download a large file: to disk in pieces, resumed where it broke off, once while its ETag stands."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from filelock import FileLock, Timeout

from collectors.errors import IncompleteError, NoAnswerError, SourceError, TooLargeError
from collectors.transport.archive import Answer, Archive, Replay, request_key
from collectors.transport.etags import Etags, Known
from collectors.transport.objects import set_aside
from collectors.transport.status import bare, error_of
from collectors.transport.wire import MAX_REDIRECTS, REDIRECTS, Limits, Wire, address_of, target_of

MAX_BYTES = 2 * 2**30
PATIENCE_S = 3_600.0  # how long another run may take to fetch the same file
DIGITS = re.compile(r"[0-9]{1,18}")
LEAST_BYTES = 2**16
"""What a file must bring within the deadline of one answer; a slower one would never end."""


@dataclass(frozen=True)
class File:
    """A file on disk under its fingerprint; `etag` as its source told it when it was fetched, or empty."""

    path: Path
    sha256: str
    url: str
    etag: str = ""


@dataclass(frozen=True)
class Download:
    """How files come: over the wire, noted in the archive and the table of ETags, or as a kept run had them."""

    wire: Wire
    now: Callable[[], datetime]
    limits: Limits
    archive: Archive | None
    etags: Etags | None
    replay: Replay | None

    def __call__(self, url: str, folder: Path, headers: Mapping[str, str]) -> File:
        """Return the file behind an address, fetched now or as it lies; raise SourceError when it cannot be had.

        Redirects may leave the host, as they do for a CDN; the headers then stay behind.
        """
        key = request_key("GET", address_of(url))
        if self.replay:
            sha256 = self.replay.answer(key).body.decode()
            if not self._is_whole(_place(folder, sha256, url), sha256):
                raise IncompleteError(f"the file of {bare(url)} that the kept run had is gone or damaged")
            return File(_place(folder, sha256, url), sha256, url)
        part = folder / "files" / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.part"
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(part.with_suffix(".lock"), timeout=PATIENCE_S):
                return self._bring(key, url, folder, part, headers)
        except Timeout as error:
            raise NoAnswerError(f"{bare(url)} is being fetched by another run for an hour") from error

    def _bring(self, key: str, url: str, folder: Path, part: Path, headers: Mapping[str, str]) -> File:
        """Fetch a file that nobody else fetches meanwhile, and put it in its place."""
        known = self.etags.get(url) if self.etags else None
        if known and not self._is_whole(_place(folder, known.sha256, url), known.sha256):
            known = None
        try:
            sha256 = self.wire.persist(url, lambda: self._fetch(url, part, dict(headers), known))
        except SourceError as error:
            if self.archive:
                self.archive.keep_error(key, url, self.now(), error)
            raise
        place, etag = _place(folder, sha256, url), known.etag if known else _fingerprint_of(part)
        if part.exists() and not place.exists():
            part.replace(place)
        _forget(part)
        if self.archive:
            self.archive.keep(key, Answer(url, 200, {}, sha256.encode(), self.now()))
        return File(place, sha256, url, etag)

    def _is_whole(self, place: Path, sha256: str) -> bool:
        """Return whether a file is there and is the one that its name promises; a damaged one is set aside."""
        if not place.exists() or _sha256_of(place) == sha256:
            return place.exists()
        if keeper := self.replay or self.archive:
            set_aside(place, keeper.run_id, "counts as never kept")
        return False

    def _fetch(self, url: str, part: Path, headers: dict[str, str], known: Known | None) -> str:
        """Follow redirects and write what comes behind what is there; return the fingerprint of the whole."""
        address, sent = url, {**headers, "Accept-Encoding": "identity", **_rest(part)}
        if known:
            sent["If-None-Match"] = known.etag
        for _ in range(MAX_REDIRECTS):
            with self.wire.stream("GET", address, sent) as response:
                if response.status_code not in REDIRECTS or "location" not in response.headers:
                    return self._write(url, response, part, known)
                address, leaves = target_of(address, response.headers["location"])
                if leaves:
                    sent = {name: text for name, text in sent.items() if name.lower() != "authorization"}
        raise NoAnswerError(f"{bare(url)} redirects without end")

    def _write(self, url: str, response: httpx.Response, part: Path, known: Known | None) -> str:
        if response.status_code == httpx.codes.NOT_MODIFIED and known:
            return known.sha256
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            _forget(part)
            raise NoAnswerError(f"{bare(url)} cannot be resumed; asking for the whole")
        if response.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
            found = {name.lower(): text for name, text in response.headers.items()}
            raise error_of(Answer(url, response.status_code, found, self._beginning(response), self.now()))
        is_rest = response.status_code == httpx.codes.PARTIAL_CONTENT
        if is_rest and not _fits(part, response.headers):
            _forget(part)
            raise NoAnswerError(f"{bare(url)} sent the rest of another file; asking for the whole")
        if not is_rest:
            _forget(part)
            _etag_of(part).write_text(response.headers.get("etag", ""), encoding="utf-8")
        with part.open("ab" if is_rest else "wb") as file:
            for piece in self._steadily(response):
                file.write(piece)
                if file.tell() > MAX_BYTES:
                    _forget(part)
                    raise TooLargeError(f"{bare(url)} is larger than {MAX_BYTES:,} bytes")
        if is_rest and part.stat().st_size != (size := _size_told(response.headers, part.stat().st_size)):
            raise NoAnswerError(f"{bare(url)} has sent {part.stat().st_size:,} of {size:,} bytes")
        sha256 = _sha256_of(part)
        if self.etags and (etag := response.headers.get("etag")):
            self.etags.put(url, Known(etag, sha256, {}))
        return sha256

    def _steadily(self, response: httpx.Response) -> Iterator[bytes]:
        """Yield the body piece by piece; raise NoAnswerError when it comes slower than a file ever should."""
        began, received, deadline_s = time.monotonic(), 0, self.limits.deadline_s
        for piece in response.iter_bytes():
            received += len(piece)
            yield piece
            if (now := time.monotonic()) > began + deadline_s:
                if received < LEAST_BYTES:
                    raise NoAnswerError(f"{response.url.path} sent {received:,} bytes in {deadline_s:g} s")
                began, received = now, 0

    def _beginning(self, response: httpx.Response) -> bytes:
        """Return the first bytes of a body: what an error message says."""
        return next(self._steadily(response), b"")[:2000]


def _rest(part: Path) -> dict[str, str]:
    """Return the headers that ask for what a part lacks, or for the whole when the file has changed since.

    A part that no strong ETag vouches for is no beginning: nobody could tell whether a rest belongs to it.
    """
    etag = _fingerprint_of(part)
    if not part.exists() or not part.stat().st_size or not etag.startswith('"'):
        return {}
    return {"Range": f"bytes={part.stat().st_size}-", "If-Range": etag}


def _fits(part: Path, headers: Mapping[str, str]) -> bool:
    """Return whether a rest begins where the part ends, and says of no other file that it is one of its own."""
    begun = part.stat().st_size if part.exists() else 0
    starts_there = headers.get("content-range", "").startswith(f"bytes {begun}-")
    return starts_there and headers.get("etag", _fingerprint_of(part)) == _fingerprint_of(part)


def _size_told(headers: Mapping[str, str], otherwise: int) -> int:
    """Return how large the whole file is, as a part of it tells: the server chooses how much of a rest it sends."""
    told = headers.get("content-range", "").rpartition("/")[2]
    return int(told) if DIGITS.fullmatch(told) else otherwise


def _fingerprint_of(part: Path) -> str:
    """Return the ETag under which a part was begun."""
    return _etag_of(part).read_text(encoding="utf-8") if _etag_of(part).exists() else ""


def _etag_of(part: Path) -> Path:
    return part.with_suffix(".etag")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _etag_of(part).unlink(missing_ok=True)


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(folder: Path, sha256: str, url: str) -> Path:
    return folder / "files" / f"{sha256}{''.join(Path(urlsplit(url).path).suffixes[-2:])}"
