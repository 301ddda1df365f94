"""What we know of addresses that answer with an ETag, so that an unchanged answer costs nothing."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from collectors.transport.archive import strip_secrets
from collectors.transport.objects import set_aside

TABLE = "create table if not exists etag (url text primary key, etag text, sha256 text, headers text)"
SELECT = "select etag, sha256, headers from etag where url = ?"
INSERT = "insert or replace into etag values (?, ?, ?, ?)"


@dataclass(frozen=True)
class Known:
    """The ETag of an address, the fingerprint of the body it stood for, and the headers (a 304 has no Link)."""

    etag: str
    sha256: str
    headers: Mapping[str, str]


class Etags:
    """A small table on disk; safe to use from several threads. One that is damaged is set aside and begun anew.

    `run_id` marks what is set aside. Raise OSError where the table cannot be written.
    """

    def __init__(self, path: Path, run_id: str) -> None:
        """Open the table, or make it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._run_id, self._lock = path, run_id, threading.Lock()
        self._table = self._opened()

    def get(self, url: str) -> Known | None:
        """Return what is known of an address."""
        found = self._execute(SELECT, [strip_secrets(url)])
        return Known(found[0][0], found[0][1], json.loads(found[0][2])) if found else None

    def put(self, url: str, known: Known) -> None:
        """Remember the newest ETag of an address."""
        self._execute(INSERT, [strip_secrets(url), known.etag, known.sha256, json.dumps(dict(known.headers))])

    def close(self) -> None:
        """Close the table."""
        self._table.close()

    def _execute(self, statement: str, parameters: Sequence[str]) -> list[Any]:
        with self._lock:
            try:
                return self._table.execute(statement, parameters).fetchall()
            except sqlite3.OperationalError as error:
                raise OSError(0, f"the table of ETags fails: {error}", str(self._path)) from error
            except sqlite3.DatabaseError:
                self._table.close()
                self._table = self._opened()
                return self._table.execute(statement, parameters).fetchall()

    def _opened(self) -> sqlite3.Connection:
        """Return the table, whole; only one thread or process at a time looks whether it is."""
        with FileLock(self._path.with_suffix(".lock")):
            try:
                return _whole(self._path)
            except sqlite3.OperationalError as error:
                raise OSError(0, f"the table of ETags cannot be opened: {error}", str(self._path)) from error
            except sqlite3.DatabaseError:
                set_aside(self._path, self._run_id, "begun anew; unchanged answers are fetched once more")
                for beside in ("-wal", "-shm"):
                    self._path.with_name(self._path.name + beside).unlink(missing_ok=True)
                return _whole(self._path)


def _whole(path: Path) -> sqlite3.Connection:
    """Open the table; raise sqlite3.DatabaseError where it is damaged."""
    table = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
    try:
        table.execute("pragma journal_mode = wal")
        table.execute(TABLE)
        if table.execute("pragma quick_check(1)").fetchall() != [("ok",)]:
            raise sqlite3.DatabaseError("the table is damaged")
    except sqlite3.Error:
        table.close()
        raise
    return table
