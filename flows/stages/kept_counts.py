"""What the frozen archive of papers counts to, kept beside its files: it is counted once, not every night."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from collectors.transport.objects import write_whole
from collectors.upstream import Papers
from warehouse.papers import counts, fingerprint_of_counts

KEPT = "counts-{}-{}.parquet"


def counts_of(archive: Papers) -> list[dict[str, Any]]:
    """Return the counts of the archive whose files are called by their fingerprints; raise PapersError as `counts`.

    They are kept under what they rest on: files, queries, venues, frameworks and the version of DuckDB.
    """
    folder, key = archive.links[0].parent, fingerprint_of_counts(archive.links, archive.papers)
    for body in _kept(folder, key):
        return pl.read_parquet(BytesIO(body)).to_dicts()
    found = counts(archive.links, archive.papers)
    if found:
        _keep(folder, key, found)
    return found


def _kept(folder: Path, key: str) -> Iterator[bytes]:
    """Yield what is kept of a key and whole: its name promises what is in it."""
    for path in folder.glob(KEPT.format(key, "*")):
        try:
            body = path.read_bytes()
        except OSError:  # another run keeps its own in its place
            continue
        if path.name == KEPT.format(key, hashlib.sha256(body).hexdigest()):
            yield body


def _keep(folder: Path, key: str, found: list[dict[str, Any]]) -> None:
    """Keep counts in place of older ones; a full disk is no reason not to count."""
    packed = BytesIO()
    pl.DataFrame(found, infer_schema_length=None).write_parquet(packed)
    body = packed.getvalue()
    with suppress(OSError):
        for older in folder.glob(KEPT.format("*", "*")):
            older.unlink()
        write_whole(folder / KEPT.format(key, hashlib.sha256(body).hexdigest()), body)
