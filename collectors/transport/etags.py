"""What we know of addresses that answer with an ETag, so that an unchanged answer costs nothing."""

import json
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collectors.transport.archive import strip_secrets

SELECT = "select etag, sha256, headers from etag where url = ?"


@dataclass(frozen=True)
class Known:
    """The ETag of an address, the fingerprint of the body it stood for, and the headers (a 304 has no Link)."""

    etag: str
    sha256: str
    headers: Mapping[str, str]


class Etags:
    """A small table on disk; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open the table, or make it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._table = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._table.execute("pragma journal_mode = wal")
        self._table.execute(
            "create table if not exists etag (url text primary key, etag text, sha256 text, headers text)"
        )

    def get(self, url: str) -> Known | None:
        """Return what is known of an address."""
        with self._lock:
            found = self._table.execute(SELECT, [strip_secrets(url)]).fetchone()
        return Known(found[0], found[1], json.loads(found[2])) if found else None

    def put(self, url: str, known: Known) -> None:
        """Remember the newest ETag of an address."""
        with self._lock:
            row = [strip_secrets(url), known.etag, known.sha256, json.dumps(dict(known.headers))]
            self._table.execute("insert or replace into etag values (?, ?, ?, ?)", row)

    def close(self) -> None:
        """Close the table."""
        self._table.close()
