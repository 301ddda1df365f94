"""Prune: forget raw answers that nobody refers to any more. What an observation rests on is always kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from catalog.errors import InputError
from catalog.moments import EPOCH, seconds_since_1970
from collectors.errors import DamagedRunError
from collectors.transport.archive import bodies_of
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.land import moment_of
from flows.stages.reading import reading
from warehouse.query import rows


@dataclass(frozen=True)
class Pruned:
    """What goes, or would go: lists of runs, answers, and their size in bytes."""

    runs: int
    answers: int
    size_bytes: int


def prune(settings: Settings, days: int, *, is_plan: bool) -> Pruned:
    """Forget the lists of runs that are older than `days`, and answers that neither a list nor an observation names.

    A run whose list is gone cannot be replayed; its observations, their evidence and every score stay as they are.
    """
    if not settings.published.exists():
        raise InputError(f"no warehouse at {settings.published}: nobody can say which answers are evidence")
    raw, now = settings.home_dir / "raw", utc_now()
    limit = now - min(timedelta(days=min(days, timedelta.max.days)), now - EPOCH)
    old = [path for path in sorted((raw / "runs").glob("*.jsonl")) if _is_old(path, limit) and not _waits(raw, path)]
    kept = set(_named(raw, [path for path in (raw / "runs").glob("*.jsonl") if path not in old]))
    with reading(settings) as connection:
        kept |= {row["raw_sha256"] for row in rows(connection, "raw_referenced")}
    loose = [path for path in sorted((raw / "objects").glob("*/*.gz")) if path.name.removesuffix(".gz") not in kept]
    loose = [path for path in loose if path.stat().st_mtime < seconds_since_1970(limit)]
    size = sum(path.stat().st_size for path in (*old, *loose))
    for path in () if is_plan else (*old, *loose):
        path.unlink()
    return Pruned(len(old), len(loose), size)


def _is_old(path: Path, limit: datetime) -> bool:
    began = moment_of(path.stem)
    return began is not None and began < limit


def _waits(raw: Path, path: Path) -> bool:
    return (raw / "unlanded" / f"{path.stem}.json").exists()


def _named(raw: Path, lists: list[Path]) -> Iterator[str]:
    for path in lists:
        try:
            yield from bodies_of(raw, path.stem)
        except DamagedRunError as error:
            raise InputError(f"{error}; run speedscore doctor, or move the list away, and prune again") from error
