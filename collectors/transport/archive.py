"""Keep every raw answer, secrets stripped, and give the answers of a kept run again without network.

Bodies are content-addressed (`objects/<sha256>.gz`); `runs/<run id>.jsonl` says which request got which body.
"""

import hashlib
import json
import re
import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

from collectors import errors
from collectors.errors import DamagedRunError, IncompleteError, NoAnswerError, SourceError
from collectors.transport.objects import Objects

SECRET_PARAMETER = re.compile(r"([?&](?:key|access_token|client_secret|token|api_key)=)[^&\s>\"#]+")
SECRET_IN_KEY = re.compile(r"(?<=[?&])(?:key|access_token|client_secret|token|api_key)=[^&\s#]*&?")
USER_INFO = re.compile(r"://[^/@\s]+@")
KEPT_HEADERS = {"etag", "link", "content-type", "date", "retry-after", "location", "x-total-count"}
KEPT_PREFIX = "x-ratelimit-"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: final status, kept headers (lower case), body, and when it was fetched (naive UTC).

    `kept_as` is the fingerprint under which the body was kept, without secrets; the body itself is as it came.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    kept_as: str | None = None

    @property
    def sha256(self) -> str:
        """Fingerprint of the body as it is kept: its address in the archive."""
        return self.kept_as or hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Entry:
    """One line of a run: the request's key, and the answer's address, or the error that came instead."""

    key: str
    url: str
    fetched_at: str
    status: int = 0
    headers: Mapping[str, str] | None = None
    sha256: str | None = None
    error: str | None = None
    kind: str | None = None


class Archive:
    """The folder of raw answers, written by one run; safe to use from several threads."""

    def __init__(self, folder: Path, run_id: str, secrets: Iterable[str] = ()) -> None:
        """Open the archive for a run; `secrets` are texts that may stand in no file."""
        self.run_id = run_id
        self._objects, self._run = Objects(folder, run_id), run_list(folder, run_id)
        self._secrets = sorted({form for secret in secrets if secret for form in _spellings(secret)}, key=len)[::-1]
        self._lock = threading.Lock()
        self._run.parent.mkdir(parents=True, exist_ok=True)

    def keep(self, key: str, answer: Answer) -> Answer:
        """Keep an answer and give it back as it was kept: headers chosen, secrets stripped."""
        kept = replace(
            answer,
            url=self.clean(answer.url),
            headers={name: self.clean(text) for name, text in answer.headers.items() if _is_kept(name)},
            body=self._clean_body(answer.body),
        )
        self.store(kept.body)
        self._write(
            Entry(self.clean(key), kept.url, kept.fetched_at.isoformat(), kept.status, kept.headers, kept.sha256)
        )
        return kept

    def keep_error(self, key: str, url: str, fetched_at: datetime, error: SourceError) -> None:
        """Keep that no usable answer came, and why."""
        text, kind = self.clean(str(error)), type(error).__name__
        self._write(Entry(self.clean(key), self.clean(url), fetched_at.isoformat(), error=text, kind=kind))

    def store(self, body: bytes) -> str:
        """Store a body under its fingerprint, once."""
        return self._objects.store(body)

    def load(self, sha256: str) -> bytes | None:
        """Return a stored body; None where it is gone or damaged."""
        return self._objects.load(sha256)

    def clean(self, text: str) -> str:
        """Return a text without secrets: known ones anywhere, and parameters that carry one."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return strip_secrets(text)

    def _clean_body(self, body: bytes) -> bytes:
        for secret in self._secrets:
            body = body.replace(secret.encode(), b"***")
        return body

    def _write(self, entry: Entry) -> None:
        line = json.dumps({name: value for name, value in asdict(entry).items() if value is not None}, sort_keys=True)
        with self._lock, self._run.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


class Replay:
    """The answers of a kept run, in their order, with no network behind them."""

    def __init__(self, folder: Path, run_id: str) -> None:
        """Read the run's list; raise FileNotFoundError where there is none, DamagedRunError where none can be read."""
        self.run_id = run_id
        self._objects = Objects(folder, run_id)
        self._entries: dict[str, deque[Entry]] = defaultdict(deque)
        self._lock = threading.Lock()
        for entry in _entries(run_list(folder, run_id)):
            self._entries[entry.key].append(entry)

    @property
    def has_posts(self) -> bool:
        """Whether the run sent queries, which needs a token."""
        return any(key.startswith("POST ") for key in self._entries)

    def answer(self, key: str) -> Answer:
        """Return the next kept answer to a request; raise the SourceError that was raised then.

        What the run never came to ask, and what has been damaged since, is an IncompleteError.
        """
        with self._lock:
            entries = self._entries[strip_secrets(key)]
            if not entries:
                raise IncompleteError(f"run {self.run_id} kept no answer to {strip_secrets(key)}")
            entry = entries.popleft()
        if entry.error is not None or entry.sha256 is None:
            kind = getattr(errors, entry.kind or "", NoAnswerError)
            raise kind(entry.error or f"no answer was kept for {entry.url}")
        body = self._objects.load(entry.sha256)
        if body is None:
            raise IncompleteError(f"the answer of {entry.url} that run {self.run_id} kept is gone or damaged")
        moment = datetime.fromisoformat(entry.fetched_at)
        return Answer(entry.url, entry.status, entry.headers or {}, body, moment)


def run_list(folder: Path, run_id: str) -> Path:
    """Return where the list of a run's requests lies."""
    return folder / "runs" / f"{run_id}.jsonl"


def bodies_of(folder: Path, run_id: str) -> set[str]:
    """Return the fingerprints that a run's list names; raise DamagedRunError where it cannot be read."""
    return {one.sha256 for one in _entries(run_list(folder, run_id)) if one.sha256}


def _entries(path: Path) -> Iterator[Entry]:
    """Yield the lines of a run's list; one that was cut off when the run died does not count."""
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), start=1):
        try:
            yield Entry(**json.loads(line))
        except (ValueError, TypeError) as error:
            if line.endswith(b"\n"):
                raise DamagedRunError(f"line {number} of {path} cannot be read") from error


def request_key(method: str, url: str, body: bytes | None = None) -> str:
    """Return what tells one request from another: method, address without secrets, fingerprint of its body."""
    plain = SECRET_IN_KEY.sub("", url).rstrip("?&")
    return f"{method} {plain}" + (f" {hashlib.sha256(body).hexdigest()[:16]}" if body else "")


def strip_secrets(text: str) -> str:
    """Return a text whose addresses carry no secret: no password before the host, no value of a secret parameter."""
    return SECRET_PARAMETER.sub(r"\1***", USER_INFO.sub("://", text))


def _spellings(secret: str) -> set[str]:
    """Return how a secret may be written in an address or in JSON."""
    return {secret, quote(secret, safe=""), quote_plus(secret), secret.replace("/", "\\/"), json.dumps(secret)[1:-1]}


def _is_kept(name: str) -> bool:
    return name in KEPT_HEADERS or name.startswith(KEPT_PREFIX)
