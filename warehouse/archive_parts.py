"""Parts of GH Archive on disk: a Parquet file a day, and a manifest that makes it count; both whole or not there."""

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from warehouse.facts import COUNTED, FACTS

SCHEMA = {name: kind for name, kind in FACTS["archive_day"].items() if name != "part_sha256"}
Wanted = Mapping[str, Mapping[str, str]]
"""The repositories that were looked for: subjects by `ids` and by `names`."""


@dataclass(frozen=True)
class Part:
    """A day that has been read: its counts per subject, its files, and the fingerprint of the counts."""

    day: date
    rows: Sequence[Mapping[str, Any]]
    hours: Sequence[Mapping[str, Any]]
    sha256: str


def place(folder: Path, day: date, wanted: Wanted) -> Path:
    """Return where the manifest of a day lies; it is named after the day and the repositories that were looked for."""
    return folder / f"{day}.{_fingerprint(wanted)}.json"


def write_part(
    folder: Path, day: date, wanted: Wanted, hours: Sequence[Mapping[str, Any]], rows: Sequence[Any]
) -> None:
    """Write the counts, then the manifest; the same day read by anybody, at any time, gives the same bytes."""
    manifest, buffer = place(folder, day, wanted), BytesIO()
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(buffer)
    folder.mkdir(parents=True, exist_ok=True)
    _replace(manifest.with_suffix(".parquet"), buffer.getvalue())
    told = {
        "schema": 1,
        "day": day,
        "wanted": wanted,
        "hours": list(hours),
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "counts": {kind: sum(row[kind] for row in rows) for kind in COUNTED},
        "version": version("speedscore"),
    }
    _replace(manifest, orjson.dumps(told, option=orjson.OPT_INDENT_2))


def read_part(manifest: Path) -> Part | None:
    """Return a day that has been read; None without one, or where counts and manifest do not match."""
    if not manifest.exists():
        return None
    told, counts = orjson.loads(manifest.read_bytes()), manifest.with_suffix(".parquet")
    content = counts.read_bytes() if counts.exists() else b""
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != told["sha256"]:
        return None
    return Part(date.fromisoformat(told["day"]), pl.read_parquet(content).to_dicts(), told["hours"], sha256)


def _fingerprint(wanted: Wanted) -> str:
    return hashlib.sha256(orjson.dumps(wanted, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.new")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
