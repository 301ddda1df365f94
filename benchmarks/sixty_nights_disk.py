"""The disk of the sixty nights: what the home takes of it, and that it is small, and full for one night."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PARTS = {
    "warehouse": ("speedscore.duckdb",),
    "writer's file": ("speedscore.writer.duckdb",),
    "answers": ("raw/objects",),
    "lists of runs": ("raw/runs",),
    "ETags": ("raw/etags.sqlite",),
    "clones": ("raw/git",),
    "site": ("site",),
}


@contextmanager
def disk(folder: Path, size_mb: int) -> Iterator[Path]:
    """Yield a home on a disk of its own, where one may be mounted; else a folder."""
    home = folder / "home"
    home.mkdir()
    told = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(home)]
    is_own = not subprocess.run(told, capture_output=True, check=False).returncode
    print(f"the home lies on a disk of {size_mb} MB" if is_own else "no disk may be mounted: files are bounded instead")
    try:
        yield home
    finally:
        if is_own:
            subprocess.run(["umount", "--lazy", str(home)], check=False)  # noqa: S607


@contextmanager
def full_disk(home: Path) -> Iterator[None]:
    """Fill the disk of the home but for a megabyte; where it has none of its own, let no file grow beyond that."""
    filler, limits = home / "filler", resource.getrlimit(resource.RLIMIT_FSIZE)
    is_own = home.is_mount()
    try:
        if is_own:
            free = os.statvfs(home).f_bavail * os.statvfs(home).f_frsize
            with filler.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, free - 2**20)
        else:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, limits[1]))
        yield
    finally:
        filler.unlink(missing_ok=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def sizes(home: Path) -> dict[str, float]:
    """Return the megabytes of each part of a home."""
    return {part: sum(size_of(home / name) for name in names) / 1e6 for part, names in PARTS.items()}


def sum_of(found: dict[str, float], part: str) -> float:
    """Return the size of a part, or of all."""
    return sum(found.values()) if part == "all" else found[part]


def table_of(found: dict[str, float]) -> str:
    """Return the sizes in one line."""
    return ", ".join(f"{part} {size:.1f} MB" for part, size in found.items())


def size_of(place: Path) -> int:
    """Return the bytes that a file, or everything in a folder, takes on the disk."""
    files = [place] if place.is_file() else place.rglob("*")
    return sum(one.stat().st_blocks * 512 for one in files if one.is_file())
