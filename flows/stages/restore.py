"""Restore: a backup back into its place; what was there is renamed, never deleted."""

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
    settings.home_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.published.parent) as folder, opened(where) as archive:
        archive.extractall(folder, filter="data")
        kept = Path(folder)
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
    kept.replace(target)
    return renamed


def _answers(settings: Settings, kept: Path) -> int:
    """Add the raw answers that are not there; return how many."""
    added = 0
    for path in sorted(kept.rglob("*")) if kept.is_dir() else ():
        target = settings.home_dir / "raw" / path.relative_to(kept)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
            added += 1
    return added
