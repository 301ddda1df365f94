"""Restore: a backup back into its place; what was there is renamed, never deleted."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.backup import CATALOG, RAW, WAREHOUSE, Manifest, checked, opened
from warehouse.errors import DamagedError
from warehouse.kept_copy import put_aside, put_back


@dataclass(frozen=True)
class Restored:
    """What came back, and what was renamed for it."""

    manifest: Manifest
    renamed: list[Path]
    answers: int


def restore(settings: Settings, where: str) -> Restored:
    """Check a backup as a whole, then put its warehouse, catalog and answers back; raise where it is not whole."""
    manifest = checked(where)
    for folder in (settings.home_dir, settings.published.parent, settings.own_catalog.parent):
        folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.published.parent) as unpacked, opened(where) as archive:
        archive.extractall(unpacked, filter="data")
        kept = Path(unpacked)
        if not (kept / WAREHOUSE).is_file():
            raise DamagedError(f"{where} holds no warehouse")
        renamed = put_back(kept / WAREHOUSE, settings.published, utc_now())
        renamed += _catalog(settings, kept / CATALOG)
        return Restored(manifest, renamed, _answers(settings, kept / RAW))


def _catalog(settings: Settings, kept: Path) -> list[Path]:
    """Put the user's catalog back where the settings look for it."""
    if not kept.is_file():
        return []
    target = settings.own_catalog
    if target.is_file() and target.read_bytes() == kept.read_bytes():
        return []
    renamed = [put_aside(target, utc_now())] if target.is_file() else []
    shutil.move(kept, target)  # the home may lie on another disk than the warehouse
    return renamed


def _answers(settings: Settings, kept: Path) -> int:
    """Add the raw answers that are not there; return how many."""
    added = 0
    for path in sorted(kept.rglob("*")) if kept.is_dir() else ():
        target = settings.home_dir / "raw" / path.relative_to(kept)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
            added += 1
    return added
