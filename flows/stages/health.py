"""Health: is the last night recent, are the files whole, is there room, what waits; for monitors and for people."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from catalog.errors import InputError
from catalog.past import frozen_on
from catalog.wording import many
from collectors.source import sources
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.check import Check, Verdict
from flows.stages.held import dead_nights, is_held
from flows.stages.land import moment_of
from flows.stages.night_checks import nights_told, scores_told
from flows.stages.score import default_days, falls_ahead
from warehouse.config import LOCKED, WRITER
from warehouse.connection import writer_path
from warehouse.damage import fault_of, first_line
from warehouse.errors import DamagedError, WarehouseError
from warehouse.freshness import freshness
from warehouse.lake import is_lake, read_lake
from warehouse.lake_state import lake_state
from warehouse.migrate import is_behind, schema_of
from warehouse.query import rows
from warehouse.reader import open_reader

HOUR = timedelta(hours=1)
MAX_AGE_H = 36.0
LEAST_FREE_BYTES = 2**29
IN_DAYS_H = 96.0
COPIES = 2.5
"""How often the warehouse must fit into what is free: a landing writes into one copy and publishes another."""


def health(settings: Settings, max_age_h: float = MAX_AGE_H) -> list[Check]:
    """Look at everything that can be looked at without asking anybody; nothing is written or repaired."""
    now, found = utc_now(), list(_files(settings))
    found.append(_disk(settings))
    found += _queue(settings, now)
    if any(one.verdict is Verdict.FAIL and one.name == "warehouse" for one in found):
        return found
    try:
        with open_reader(settings.published) as connection:
            schema = schema_of(connection)
            if is_behind(connection):
                told = "an older version wrote it; the next command brings it to this one"
                return [*found, Check("schema", Verdict.WARN, told)]
            found.append(Check("schema", Verdict.OK, schema))
            found += nights_told(connection, now, max_age_h)
            found += scores_told(connection, settings, now)
            found += _sources(connection, now, max_age_h)
            found.append(_reviews(connection, now))
        found.append(_falls(settings))
    except DamagedError as error:
        return _failing(found, f"{error}; next: speedscore doctor")
    except (WarehouseError, duckdb.Error) as error:
        return _failing(found, first_line(error))
    return found


def _failing(found: list[Check], told: str) -> list[Check]:
    """Return the checks with a warehouse that cannot be used: once, for monitors know a check by its name."""
    return [Check("warehouse", Verdict.FAIL, told), *(one for one in found if one.name != "warehouse")]


def _files(settings: Settings) -> Iterator[Check]:
    if not settings.published.exists():
        told = f"no warehouse at {settings.published}; next: speedscore nightly, or speedscore restore"
        yield Check("warehouse", Verdict.FAIL, told)
        return
    if is_lake(settings.published):
        yield _lake(settings.published)
        return
    fault = fault_of(settings.published, LOCKED)
    size = settings.published.stat().st_size
    told = f"{fault}; next: speedscore doctor" if fault else "whole"
    yield Check("warehouse", Verdict.FAIL if fault else Verdict.OK, told, size / 1e6, "MB")
    private = writer_path(settings.published)
    if not is_held(private) and (fault := fault_of(private, WRITER)):
        yield Check("writer_file", Verdict.WARN, f"{fault}; next: speedscore doctor")


def _lake(published: Path) -> Check:
    """Look whether a lake can be reached and every file of its newest snapshot lies where its catalog says."""
    try:
        state = lake_state(published)
    except (WarehouseError, InputError, duckdb.Error) as error:
        return Check("warehouse", Verdict.FAIL, str(error).partition("\n")[0])
    size = state.size_bytes / 1e6
    if state.lost:
        of = f"{len(state.lost)} of {many(state.files, 'files')}"
        told = f"{of} gone, as {state.lost[0]}; next: bring back a copy of them"
        return Check("warehouse", Verdict.FAIL, told, size, "MB")
    return Check("warehouse", Verdict.OK, f"whole, {many(state.files, 'files')}, snapshot {state.snapshot}", size, "MB")


def _disk(settings: Settings) -> Check:
    folder = _written_to(settings)
    free = shutil.disk_usage(folder).free
    size = settings.published.stat().st_size if settings.published.exists() else 0
    needed = max(LEAST_FREE_BYTES, COPIES * size)
    is_enough = free >= needed
    told = (
        f"{free / 1e9:.1f} GB free"
        if is_enough
        else f"{free / 1e9:.1f} GB free, a landing may need {needed / 1e9:.1f} GB"
    )
    return Check("disk", Verdict.OK if is_enough else Verdict.FAIL, told, free / 1e9, "GB")


def _written_to(settings: Settings) -> Path:
    """Return the folder whose disk a landing fills: the home, or of a lake that has a folder, that."""
    wanted = settings.home_dir
    if is_lake(settings.published) and settings.published.exists():
        with suppress(InputError):
            lake = read_lake(settings.published)
            wanted = wanted if lake.is_remote else Path(lake.data)
    return wanted if wanted.is_dir() else Path()


def _queue(settings: Settings, now: datetime) -> Iterator[Check]:
    """Yield whether nights wait that fetched and have not landed."""
    dead = dead_nights(settings)
    if not dead:
        yield Check("unlanded_nights", Verdict.OK, "none waits", 0, "nights")
        return
    oldest = moment_of(dead[0].stem)
    age = f", the oldest for {(now - oldest) / HOUR:.0f} h" if oldest else ""
    told = f"{len(dead)} fetched and did not land{age}; next: speedscore nightly --resume"
    yield Check("unlanded_nights", Verdict.WARN, told, len(dead), "nights")


def _sources(connection: duckdb.DuckDBPyConnection, now: datetime, max_age_h: float) -> Iterator[Check]:
    """Yield the age of the newest snapshot of each source that a night asks; of one that never answered, that."""
    nightly = {name for name, one in sources().items() if not one.is_optional}
    for row in freshness(connection):
        if row["source"] not in nightly:
            continue
        name = f"source_{row['source']}"
        if row["newest"] is None:
            yield Check(name, Verdict.WARN, f"never answered: {row['why']}")
            continue
        age_h, frozen = (now - row["newest"]) / HOUR, frozen_on(row["source"])
        told = f"newest value {_age(age_h)} old"
        if frozen:
            told += f"; its archive ends on {frozen}, so nothing newer is due"
        if row["missing"]:
            told += f", {many(row['missing'], 'cells')} missing: {row['why']}"
        is_late = age_h > max(max_age_h, 24.0 * 8) and not frozen
        yield Check(name, Verdict.WARN if is_late else Verdict.OK, told, age_h, "h")


def _age(age_h: float) -> str:
    return f"{age_h:.0f} h" if age_h < IN_DAYS_H else many(round(age_h / 24), "days")


def _reviews(connection: duckdb.DuckDBPyConnection, now: datetime) -> Check:
    found = rows(connection, "open_review_count")
    waiting = sum(row["findings"] for row in found)
    if not waiting:
        return Check("review_queue", Verdict.OK, "empty", 0, "findings")
    age_d = (now - min(row["oldest"] for row in found)) / timedelta(days=1)
    told = f"{many(waiting, 'findings')} waiting, the oldest for {many(round(age_d), 'days')}"
    told += "; next: speedscore sql 'from review_queue'"
    return Check("review_queue", Verdict.WARN, told, waiting, "findings")


def _falls(settings: Settings) -> Check:
    falls = falls_ahead(settings, default_days()[0])
    if not falls:
        return Check("expiring", Verdict.OK, "no score is lost within 30 days", 0, "scores")
    first = min(row["on"] for row in falls)
    told = f"{many(len(falls), 'dimension scores')} lost within 30 days unless confirmed, the first on {first:%Y-%m-%d}"
    return Check("expiring", Verdict.WARN, told, len(falls), "scores")
