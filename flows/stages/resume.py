"""Resume: land the nights that fetched and never landed, from their kept answers; nobody is asked.

While a night asks, `raw/unlanded/<run id>.json` says what of whom; it goes when the night has landed. A lock beside it
tells a night that died from one that still asks.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from catalog.wording import many
from collectors.errors import DamagedRunError
from collectors.transport.archive import Replay, run_list
from collectors.transport.objects import set_aside, write_whole
from flows.clock import utc_now
from flows.notes import note
from flows.settings import Settings
from flows.stages.collect import Collected, collect_source, settled
from flows.stages.land import RunStart
from flows.stages.nightly import NightlyResult, land_night
from flows.stages.reading import reading
from flows.stages.unended import await_scores
from warehouse.damage import first_line
from warehouse.query import rows

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unlanded:
    """A night that has not landed: when it began, which sources it asked, and about whom (all where none is named)."""

    run_start: RunStart
    names: tuple[str, ...]
    subject_ids: tuple[str, ...]


@contextmanager
def unlanded(
    settings: Settings, run_start: RunStart, names: Sequence[str], subject_ids: Sequence[str]
) -> Iterator[None]:
    """Note what a night asks, until the block has landed it; say how it is resumed where the block fails."""
    path = _folder(settings) / f"{run_start.run_id}.json"
    told = {"started_at": run_start.started_at.isoformat(), "sources": list(names), "subjects": list(subject_ids)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        write_whole(path, json.dumps(told).encode())
        try:
            yield
        except Exception:
            if not run_list(settings.home_dir / "raw", run_start.run_id).exists():
                _forget(path)
                raise
            note(
                f"{run_start.run_id} did not land; what it fetched is kept, and `speedscore nightly --resume` lands it"
            )
            raise
        await_scores(settings, run_start.run_id)
        _forget(path)


def resume_before_night(settings: Settings) -> None:
    """Resume what can be; what cannot is said, and keeps no night from being asked."""
    try:
        resume_unlanded(settings)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with an old night, tonight must be asked
        note(
            f"earlier nights are not resumed yet ({first_line(error)}); tonight goes on, and the next night tries again"
        )


def resume_unlanded(settings: Settings) -> list[NightlyResult]:
    """Land every night that fetched, died and never landed, the oldest first; return what landed."""
    found = (_resume_dead(settings, path) for path in sorted(_folder(settings).glob("*.json")))
    return [night for night in found if night]


def _resume_dead(settings: Settings, path: Path) -> NightlyResult | None:
    """Resume a night unless it still asks, or has been resumed by somebody else."""
    try:
        with FileLock(path.with_suffix(".lock"), timeout=0):
            night = _resume(settings, path) if path.exists() else None
            _forget(path)
            return night
    except Timeout:
        return None


def _resume(settings: Settings, path: Path) -> NightlyResult | None:
    """Land a night as itself; one that has landed or fetched nothing is left, one that is damaged is set aside."""
    raw, run_id = settings.home_dir / "raw", path.stem
    if _has_landed(settings, run_id):
        await_scores(settings, run_id)
        return None
    if not run_list(raw, run_id).exists():
        return None
    mark = f"{utc_now():%Y%m%dT%H%M%S}"
    try:
        kept = _read(path)
    except (ValueError, KeyError, TypeError):
        set_aside(path, mark, "its night is not resumed")
        return None
    try:
        Replay(raw, run_id)
    except DamagedRunError:
        set_aside(run_list(raw, run_id), mark, "its night is not resumed")
        return None
    collected = [_replayed(settings, kept, name) for name in kept.names]
    night = land_night(settings, collected, kept.run_start)
    await_scores(settings, run_id)
    landed, lost = many(night.landed.observations, "rows"), many(sum(one.missing for one in collected), "cells")
    note(f"{run_id}: resumed from its kept answers: {landed} landed, {lost} missing")
    return night


def _replayed(settings: Settings, kept: Unlanded, name: str) -> Collected:
    """Return what a source had answered; a collector that breaks down costs its own cells, as in any night."""
    run_start, subject_ids = kept.run_start, kept.subject_ids
    try:
        return collect_source(name, settings, run_start, subject_ids, run_start.run_id)
    except Exception as error:  # noqa: BLE001 - one collector costs its own cells; the operator's faults are raised on
        log.warning("%s broke down over the kept answers of %s: %r", name, run_start.run_id, error)
        return settled(name, error, settings, run_start, subject_ids)


def _read(path: Path) -> Unlanded:
    told = json.loads(path.read_text(encoding="utf-8"))
    run_start = RunStart("nightly", path.stem, datetime.fromisoformat(told["started_at"]))
    return Unlanded(run_start, tuple(told["sources"]), tuple(told["subjects"]))


def _has_landed(settings: Settings, run_id: str) -> bool:
    if not settings.published.exists():
        return False
    with reading(settings) as connection:
        return bool(rows(connection, "run_started_at", run_id=run_id))


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(".lock").unlink(missing_ok=True)


def _folder(settings: Settings) -> Path:
    return settings.home_dir / "raw" / "unlanded"
