"""Bring a large file: to disk in pieces, resumed when it broke off, once while its ETag stands."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import stamina

from collectors.archive import Answer, request_key
from collectors.errors import ConnectError, NoAnswerError, RestrictedError, SourceError, TooLargeError
from collectors.etags import Known
from collectors.http import MAX_REDIRECTS, REDIRECTS, TRIES, Http, target_of
from collectors.status import error_of

MAX_BYTES = 2 * 2**30
LEAST_BYTES = 2**16
"""What a file must bring within the deadline of one answer; a slower one would never end."""


@dataclass(frozen=True)
class File:
    """A file on disk under its fingerprint; `etag` as its source told it when it was brought, or empty."""

    path: Path
    sha256: str
    url: str
    etag: str = ""


def fetch_file(http: Http, url: str, folder: Path, headers: Mapping[str, str] | None = None) -> File:
    """Give the file behind an address, newly brought or as it lies; raise SourceError when it cannot be had.

    Redirects may leave the host, as they do for a CDN; the headers then stay behind.
    """
    key = request_key("GET", url)
    if http.replay:
        found = http.replay.answer(key)
        sha256 = found.body.decode()
        return File(_place(folder, sha256, url), sha256, url)
    known = http.etags.get(url) if http.etags else None
    if known and not _place(folder, known.sha256, url).exists():
        known = None
    part = folder / "files" / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        sha256 = _insist(http, url, part, dict(headers or {}), known)
    except SourceError as error:
        if http.archive:
            http.archive.keep_error(key, url, http.now(), error)
        raise
    place, etag = _place(folder, sha256, url), known.etag if known else _told(part)
    if part.exists() and not place.exists():
        part.replace(place)
    _forget(part)
    if http.archive:
        http.archive.keep(key, Answer(url, 200, {}, sha256.encode(), http.now()))
    return File(place, sha256, url, etag)


def _insist(http: Http, url: str, part: Path, headers: dict[str, str], known: Known | None) -> str:
    host = urlsplit(url).netloc
    if host in http.silent_hosts:
        raise ConnectError(http.silent_hosts[host])
    tries = stamina.retry_context(on=NoAnswerError, attempts=TRIES, timeout=None, wait_initial=0.2, wait_max=5.0)
    try:
        for attempt in tries:
            with attempt:
                return _bring(http, url, part, headers, known)
    except ConnectError as error:
        http.silent_hosts[host] = str(error)
        raise
    raise AssertionError("a retry context always ends with a result or an error")


def _bring(http: Http, url: str, part: Path, headers: dict[str, str], known: Known | None) -> str:
    """Go after redirects and write what comes behind what is there; give the fingerprint of the whole."""
    address, sent = url, {**headers, "Accept-Encoding": "identity", **_rest(part)}
    if known:
        sent["If-None-Match"] = known.etag
    for _ in range(MAX_REDIRECTS):
        with http.pace.slot(urlsplit(address).netloc):
            http.spent[urlsplit(address).netloc] += 1
            try:
                with http.client.stream("GET", address, headers=sent) as response:
                    if response.status_code in REDIRECTS and "location" in response.headers:
                        address, leaves = target_of(address, response.headers["location"])
                        if leaves:
                            sent = {name: text for name, text in sent.items() if name.lower() != "authorization"}
                        continue
                    return _write(http, url, response, part, known)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                raise ConnectError(f"{urlsplit(address).netloc} cannot be reached") from error
            except httpx.LocalProtocolError:  # its text may hold the token
                raise RestrictedError(f"{urlsplit(url).path} cannot be asked so; is the token one line?") from None
            except httpx.HTTPError as error:
                raise NoAnswerError(f"{urlsplit(url).path} broke off: {error or type(error).__name__}") from error
    raise NoAnswerError(f"{urlsplit(url).path} redirects without end")


def _write(http: Http, url: str, response: httpx.Response, part: Path, known: Known | None) -> str:
    if response.status_code == httpx.codes.NOT_MODIFIED and known:
        return known.sha256
    if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        _forget(part)
        raise NoAnswerError(f"{urlsplit(url).path} cannot be resumed; asking for the whole")
    if response.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        found = {name.lower(): text for name, text in response.headers.items()}
        raise error_of(Answer(url, response.status_code, found, _beginning(http, response), http.now()))
    is_rest = response.status_code == httpx.codes.PARTIAL_CONTENT
    if not is_rest:
        _forget(part)
        _etag_of(part).write_text(response.headers.get("etag", ""), encoding="utf-8")
    with part.open("ab" if is_rest else "wb") as file:
        for piece in _steadily(http, response):
            file.write(piece)
            if file.tell() > MAX_BYTES:
                _forget(part)
                raise TooLargeError(f"{urlsplit(url).path} is larger than {MAX_BYTES:,} bytes")
    with part.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if http.etags and (etag := response.headers.get("etag")):
        http.etags.put(url, Known(etag, sha256, {}))
    return sha256


def _steadily(http: Http, response: httpx.Response) -> Iterator[bytes]:
    """Give the body piece by piece; raise NoAnswerError when it comes slower than a file ever should."""
    began, brought = time.monotonic(), 0
    for piece in response.iter_bytes():
        brought += len(piece)
        yield piece
        if (now := time.monotonic()) > began + http.limits.deadline_s:
            if brought < LEAST_BYTES:
                raise NoAnswerError(f"{response.url.path} brought {brought:,} bytes in {http.limits.deadline_s:g} s")
            began, brought = now, 0


def _beginning(http: Http, response: httpx.Response) -> bytes:
    """Give the first bytes of a body: what an error message says."""
    return next(_steadily(http, response), b"")[:2000]


def _rest(part: Path) -> dict[str, str]:
    """Give the headers that ask for what a part lacks, or for the whole when the file has changed since."""
    if not part.exists() or not part.stat().st_size:
        return {}
    etag = _told(part)
    return {"Range": f"bytes={part.stat().st_size}-", **({"If-Range": etag} if etag else {})}


def _told(part: Path) -> str:
    """Give the ETag under which a part was begun."""
    return _etag_of(part).read_text(encoding="utf-8") if _etag_of(part).exists() else ""


def _etag_of(part: Path) -> Path:
    return part.with_suffix(".etag")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _etag_of(part).unlink(missing_ok=True)


def _place(folder: Path, sha256: str, url: str) -> Path:
    return folder / "files" / f"{sha256}{''.join(Path(urlsplit(url).path).suffixes[-2:])}"
