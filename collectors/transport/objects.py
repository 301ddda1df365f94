"""Bodies under their fingerprint: written whole, checked when they are read, set aside where they are damaged."""

import gzip
import hashlib
import logging
import os
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

SETTING_ASIDE = threading.Lock()
"""Held while a file is looked at again and renamed: nobody sets aside what another thread has just made anew."""


@dataclass(frozen=True)
class Objects:
    """The bodies of a raw archive (`objects/<sha256>.gz`); `run_id` marks what this run sets aside."""

    folder: Path
    run_id: str

    def store(self, body: bytes) -> str:
        """Store a body under its fingerprint, once; what is there is either whole or not there."""
        sha256 = hashlib.sha256(body).hexdigest()
        if self.load(sha256) is None:
            write_whole(object_path(self.folder, sha256), gzip.compress(body, mtime=0))
        return sha256

    def load(self, sha256: str) -> bytes | None:
        """Return a stored body; None where it is gone, or damaged, which sets it aside."""
        path = object_path(self.folder, sha256)
        try:
            body = _whole(path, sha256)
            if body is None:
                with SETTING_ASIDE:
                    body = _whole(path, sha256)
                    if body is None:
                        set_aside(path, self.run_id, "counts as never kept")
        except FileNotFoundError:
            return None
        return body


def is_whole(path: Path) -> bool:
    """Return whether a file holds the body that its name promises."""
    return _whole(path, path.name.partition(".")[0]) is not None


def _whole(path: Path, sha256: str) -> bytes | None:
    """Return the body of a file, or None where it is not the one that its name promises."""
    try:
        body = gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return None
    return body if hashlib.sha256(body).hexdigest() == sha256 else None


def object_path(folder: Path, sha256: str) -> Path:
    """Return where a body lies."""
    return folder / "objects" / sha256[:2] / f"{sha256}.gz"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after any crash all of it is there, or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def set_aside(path: Path, run_id: str, what_now: str) -> Path:
    """Rename a damaged file of the raw archive and say so; a run's id begins with its moment."""
    aside = path.with_name(f"{path.name}.damaged-{run_id}")
    path.replace(aside)
    log.warning("%s was damaged; it is set aside as %s and %s", path, aside.name, what_now)
    return aside
