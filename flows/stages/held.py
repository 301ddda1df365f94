"""Held: what another run works on right now, by the lock beside it; a run that died holds none."""

from pathlib import Path

from filelock import FileLock, Timeout

from flows.settings import Settings


def is_held(path: Path) -> bool:
    """Return whether a run holds the lock beside a file; where no lock lies, none is made."""
    lock = path.with_suffix(".lock")
    if not lock.exists():
        return False
    try:
        with FileLock(lock, timeout=0):
            return False
    except (Timeout, OSError):
        return True


def dead_nights(settings: Settings) -> list[Path]:
    """Return what is noted of the nights that have not landed and do not ask any more, the oldest first."""
    return [path for path in sorted((settings.home_dir / "raw" / "unlanded").glob("*.json")) if not is_held(path)]
