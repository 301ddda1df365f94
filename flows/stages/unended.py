"""Nights that have landed and are not at their end: each has a mark until it is scored, and until the site tells of it.

Marks lie in `raw/unscored/` and then in `raw/unreported/`, and are called as their run.
"""

from pathlib import Path

from collectors.transport.objects import write_whole
from flows.settings import Settings

UNSCORED, UNREPORTED = "unscored", "unreported"


def await_scores(settings: Settings, run_id: str) -> None:
    """Mark a night that has landed as one that waits for its scores."""
    write_whole(_folder(settings, UNSCORED) / run_id, b"")


def unended(settings: Settings, step: str) -> list[str]:
    """Return the nights that wait for a step (UNSCORED or UNREPORTED), the oldest first."""
    return sorted(path.name for path in _folder(settings, step).glob("*-nightly-*") if path.suffix == "")


def await_site(settings: Settings, run_ids: list[str]) -> None:
    """Let nights that are scored wait for the site."""
    for run_id in run_ids:
        write_whole(_folder(settings, UNREPORTED) / run_id, b"")
        (_folder(settings, UNSCORED) / run_id).unlink(missing_ok=True)


def end_nights(settings: Settings, run_ids: list[str]) -> None:
    """Take the marks of nights away of which the site tells."""
    for run_id in run_ids:
        (_folder(settings, UNREPORTED) / run_id).unlink(missing_ok=True)


def _folder(settings: Settings, step: str) -> Path:
    return settings.home_dir / "raw" / step
