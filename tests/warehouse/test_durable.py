"""What is published stands on the disk before it takes the place of the old file, and so does its name."""

import os
from pathlib import Path

import pytest

from warehouse.publish import publish


def test_the_new_file_is_on_disk_before_it_is_shown_and_its_folder_after(tmp_path: Path, monkeypatch) -> None:
    old, new = tmp_path / "shown", tmp_path / "written"
    old.write_bytes(b"old")
    new.write_bytes(b"new")
    synced: list[tuple[str, bytes]] = []
    sync = os.fsync

    def heard(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        assert path.is_dir() or path.read_bytes() == b"new"
        synced.append(("folder" if path == tmp_path else "file", old.read_bytes()))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", heard)
    publish(new, old)

    assert synced == [("file", b"old"), ("folder", b"new")]


def test_a_disk_that_takes_nothing_more_leaves_the_old_file_shown(tmp_path: Path, monkeypatch) -> None:
    old, new = tmp_path / "shown", tmp_path / "written"
    old.write_bytes(b"old")
    new.write_bytes(b"new")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        publish(new, old)

    assert (old.read_bytes(), sorted(path.name for path in tmp_path.iterdir())) == (b"old", ["shown", "written"])
