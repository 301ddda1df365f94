"""Folders that a person names, told from files before anything is written."""

import os
from pathlib import Path

from catalog.errors import InputError


def file_in_the_way(folder: Path) -> Path | None:
    """Return the file that stands where the folder, or one above it, is to be."""
    return next((place for place in (folder, *folder.parents) if os.path.isfile(place)), None)  # noqa: PTH113 - asks no rights


def refuse_file(folder: Path) -> None:
    """Raise InputError where a file stands in the way of a folder."""
    if taken := file_in_the_way(folder):
        raise InputError(f"{taken} is a file; name a folder")
