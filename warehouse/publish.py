"""Show a file of the warehouse whole: a reader sees the old one or the new one, never half of it."""

import os
import shutil
from pathlib import Path

AT_ONCE = 1 << 30


def publish(source: Path, target: Path) -> None:
    """Copy source over target, in one step for whoever reads, and kept when the machine stops."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        _copy(source, fresh)
        take_place(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)


def keep_beside(source: Path, aside: Path) -> None:
    """Keep a file under a second name as well, without a copy where the file system can."""
    try:
        os.link(source, aside)
    except OSError:  # a file system without links
        publish(source, aside)


def take_place(fresh: Path, target: Path) -> None:
    """Put a whole file of the same folder into the place of another, in one step, kept when the machine stops."""
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    fresh.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _copy(source: Path, fresh: Path) -> None:
    """Copy within the kernel where it can: file systems that share blocks (XFS, Btrfs) then write nothing at all."""
    if not hasattr(os, "copy_file_range"):
        shutil.copyfile(source, fresh)
        return
    try:
        with source.open("rb") as old, fresh.open("wb") as new:
            left = os.fstat(old.fileno()).st_size
            while left and (copied := os.copy_file_range(old.fileno(), new.fileno(), min(left, AT_ONCE))):
                left -= copied
        is_whole = not left
    except OSError:  # a file system, or two of them, that the kernel cannot copy between
        is_whole = False
    if not is_whole:
        shutil.copyfile(source, fresh)
