"""Back up: the warehouse as it is at one moment, the user's catalog, and on request every raw answer, in one archive.

The archive is a compressed tar with a `manifest.json` of fingerprints, read again and compared before the old ones go.
"""

import hashlib
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fsspec  # type: ignore[import-untyped]

from catalog.errors import InputError
from flows.clock import utc_now
from flows.places import refuse_file
from flows.settings import Settings
from warehouse.errors import DamagedError
from warehouse.kept_copy import copy_out

SUFFIX = ".tar.gz"
WAREHOUSE, CATALOG, RAW, MANIFEST = "speedscore.duckdb", "catalog.toml", "raw", "manifest.json"
CHUNK = 2**20
DATED = re.compile(r"speedscore-\d{8}T\d{6}\.tar\.gz")


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: who made it, when (UTC), rows by table, and the SHA-256 of each file."""

    made_at: str
    version: str
    rows: dict[str, int]
    files: dict[str, str]


def back_up(settings: Settings, target: str | None, keep: int | None, *, with_raw: bool) -> tuple[str, Manifest]:
    """Write an archive, read it again, and return where it is; of those in its folder the newest `keep` stay.

    `target` is a folder, a file that ends in .tar.gz, or an address such as s3://bucket/folder.
    """
    where = _reached(_address(settings, target))
    with TemporaryDirectory(dir=_room(settings.home_dir)) as folder:
        copy = Path(folder) / WAREHOUSE
        rows = copy_out(settings.published, copy)
        members = dict(_members(settings, copy, with_raw=with_raw))
        fingerprints = {name: _sha256(path.open("rb")) for name, path in members.items()}
        manifest = Manifest(f"{utc_now():%Y-%m-%dT%H:%M:%S}", version("speedscore"), rows, fingerprints)
        with _whole(where) as partly:
            _write(partly, members, manifest, Path(folder) / MANIFEST)
            if checked(partly) != manifest:
                raise DamagedError(f"{where} is not what was written; look at the disk, and back up again")
    _forget_old(where, keep)
    return where, manifest


@contextmanager
def _whole(where: str) -> Iterator[str]:
    """Give the address to write to, which becomes `where` when the block ends well: no half backup counts among others.

    Of an object store it is `where` itself, and is deleted where the block fails.
    """
    system, path = fsspec.url_to_fs(where)
    is_file = "://" not in where
    partly = str(Path(where).with_name(f".{Path(where).name}.new")) if is_file else where
    try:
        yield partly
        if is_file:
            Path(partly).replace(where)
    except BaseException:
        with suppress(OSError):
            system.rm(partly if is_file else path)
        raise


def checked(where: str) -> Manifest:
    """Return the manifest of an archive whose files are as it says; raise DamagedError where they are not."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with opened(where) as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    continue
                if member.name == MANIFEST:
                    manifest = Manifest(**json.loads(content.read()))
                else:
                    found[member.name] = _sha256(content)
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, TypeError) as error:
        raise DamagedError(f"{where} is no whole backup: {error or type(error).__name__}") from error
    if manifest is None or found != manifest.files:
        raise DamagedError(f"{where} is no whole backup: its files are not those of its manifest")
    return manifest


def opened(where: str) -> tarfile.TarFile:
    """Open an archive for reading, wherever it is; raise InputError where there is none."""
    if Path(where).is_dir():
        raise InputError(f"{where} is a folder; name a backup in it")
    try:
        return tarfile.open(fileobj=fsspec.open(_reached(where), "rb").open(), mode="r|gz")
    except FileNotFoundError:
        raise InputError(f"no backup at {where}") from None


def _reached(where: str) -> str:
    """Return an address of a kind that can be reached; raise InputError for any other."""
    try:
        fsspec.url_to_fs(where)
    except (ImportError, ValueError) as error:
        what_next = "; next: pip install s3fs" if where.startswith("s3://") else ""
        raise InputError(f"{where} cannot be reached: {error}{what_next}") from error
    return where


def _address(settings: Settings, target: str | None) -> str:
    name = f"speedscore-{utc_now():%Y%m%dT%H%M%S}{SUFFIX}"
    if target is None:
        return str(settings.home_dir / "backups" / name)
    where = target if target.endswith(SUFFIX) else f"{target.rstrip('/')}/{name}"
    if "://" not in where:
        refuse_file(Path(where).parent)
    return where


def _members(settings: Settings, copy: Path, *, with_raw: bool) -> Iterator[tuple[str, Path]]:
    """Yield what is kept, by its name in the archive; clones are left out, for they are fetched again."""
    yield WAREHOUSE, copy
    if settings.own_catalog.is_file():
        yield CATALOG, _as_it_is(settings.own_catalog, copy.with_name(CATALOG))
    raw = settings.home_dir / "raw"
    for part in ("unlanded", "runs", "objects") if with_raw else ():
        for path in sorted((raw / part).rglob("*")):
            if path.is_file() and path.suffix in {".gz", ".jsonl", ".json"}:
                kept = path if part == "objects" else copy.with_name(f"{part}-{path.name}")
                with suppress(FileNotFoundError):  # a night that lands takes its note away
                    yield f"{RAW}/{path.relative_to(raw)}", _as_it_is(path, kept)


def _as_it_is(path: Path, kept: Path) -> Path:
    """Copy a file that others may still write, as far as it has come; an answer that never changes stays."""
    return path if path == kept else Path(shutil.copyfile(path, kept))


def _write(where: str, members: dict[str, Path], manifest: Manifest, beside: Path) -> None:
    beside.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    with (
        fsspec.open(where, "wb", auto_mkdir=True) as file,
        tarfile.open(fileobj=file, mode="w:gz", compresslevel=5) as archive,
    ):
        for name, path in members.items():
            archive.add(path, name, recursive=False)
        archive.add(beside, MANIFEST, recursive=False)


def _forget_old(where: str, keep: int | None) -> None:
    """Delete the oldest backups beside a new one; it stays itself, and so does what a person has named."""
    if keep is None:
        return
    system, path = fsspec.url_to_fs(where)
    beside = system.glob(f"{path.rpartition('/')[0]}/speedscore-*{SUFFIX}")
    others = sorted(one for one in beside if one != path and DATED.fullmatch(one.rpartition("/")[2]))
    for old in others[: max(len(others) - (keep - 1), 0)]:
        system.rm(old)


def _room(home: Path) -> Path | None:
    """Return where the copy is put together: in the home, or where that may not be written, in the system's folder."""
    return home if home.is_dir() and os.access(home, os.W_OK) else None


def _sha256(file: Any) -> str:
    with file:
        return hashlib.file_digest(file, "sha256").hexdigest()
