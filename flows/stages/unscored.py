"""Nights that have landed and are not scored yet: each has a mark in `raw/unscored/` until a scoring has ended."""

from collections.abc import Iterable
from pathlib import Path

from collectors.transport.objects import write_whole
from flows.settings import Settings


def await_scores(settings: Settings, run_id: str) -> None:
    """Mark a night that has landed as one that waits for its scores."""
    folder = _folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / run_id, b"")


def unscored(settings: Settings) -> list[Path]:
    """Return the marks of the nights that wait, the oldest first; a mark is called as its run."""
    return sorted(path for path in _folder(settings).glob("*") if "-nightly-" in path.name)


def forget(marks: Iterable[Path]) -> None:
    """Take the marks of nights away whose scores are published."""
    for mark in marks:
        mark.unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    return settings.home_dir / "raw" / "unscored"
