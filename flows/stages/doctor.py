"""Doctor: find what is damaged or left over in the home, set it aside, and make anew what can be made anew."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from catalog.moments import seconds_since_1970
from catalog.wording import many
from collectors.transport.etags import Etags
from collectors.transport.objects import is_whole, set_aside
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.held import dead_nights
from warehouse.config import LOCKED, WRITER
from warehouse.connection import open_writer, refuse_foreign, writer_path
from warehouse.damage import fault_of, log_of
from warehouse.errors import WarehouseError
from warehouse.lake import is_lake
from warehouse.lake_state import lake_state

HOUR = timedelta(hours=1)
LEFT_OVERS = ("*.new", ".*.new", "*.download")


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be, and what was done about it, or what you can do."""

    what: str
    found: str
    done: str


def examine(settings: Settings, *, repairs: bool) -> list[Finding]:
    """Look at every file of the home; with `repairs` mend what can be; nothing is deleted but half-written files."""
    mark = f"{utc_now():%Y%m%dT%H%M%S}-doctor"
    return [
        *_warehouse(settings, repairs=repairs),
        *_etags(settings, mark, repairs=repairs),
        *_objects(settings.home_dir / "raw" / "objects", mark, repairs=repairs),
        *_left_overs(settings, repairs=repairs),
        *_waiting(settings),
        *_set_aside(settings),
    ]


def _warehouse(settings: Settings, *, repairs: bool) -> Iterator[Finding]:
    published, private = settings.published, writer_path(settings.published)
    if is_lake(published):
        yield from _lake(published)
        return
    faults = {file: fault_of(file, config) for file, config in ((published, LOCKED), (private, WRITER))}
    left_log = log_of(published)
    if left_log.exists():
        faults[left_log] = f"{left_log} is left over: nobody writes into the published file"
    found = {file: fault for file, fault in faults.items() if fault}
    if published.exists() and all(faults[file] or not file.exists() for file in (published, private)):
        yield Finding(published.name, str(faults[published]), "no file is whole; next: speedscore restore BACKUP")
        return
    if not found:
        yield from _foreign(published)
        return
    done = "set aside, and made anew" if repairs else "can be set aside and made anew"
    if repairs:
        try:
            with open_writer(published, utc_now()):
                pass
        except WarehouseError as error:
            done = str(error)
    for file, fault in found.items():
        yield Finding(file.name, fault, done)


def _foreign(published: Path) -> Iterator[Finding]:
    """Find a database of somebody else, or of a newer version, in the place of the warehouse."""
    try:
        if published.exists():
            refuse_foreign(published)
    except WarehouseError as error:
        told, _, what_next = str(error).partition("; ")
        yield Finding(published.name, told, f"left as it is; next: {what_next}")


def _lake(published: Path) -> Iterator[Finding]:
    """Find the files of a lake that are gone; nobody but a copy of them can bring them back."""
    if not published.exists():
        return
    for lost in lake_state(published).lost:
        yield Finding(lost, "a file of the lake that is gone", "next: bring it back from a copy of the folder")


def _etags(settings: Settings, mark: str, *, repairs: bool) -> Iterator[Finding]:
    path = settings.home_dir / "raw" / "etags.sqlite"
    if not path.exists() or _reads(path):
        return
    if repairs:
        Etags(path, mark).close()
    yield Finding("raw/etags.sqlite", "the table of ETags is damaged", _done("begun anew", repairs=repairs))


def _reads(path: Path) -> bool:
    """Return whether the table is whole; one that cannot be opened, as in a read-only folder, may well be."""
    try:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as table:
            return table.execute("pragma quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


def _objects(folder: Path, mark: str, *, repairs: bool) -> Iterator[Finding]:
    """Compare every raw answer with the fingerprint that is its name."""
    for path in sorted(folder.glob("*/*.gz")):
        if is_whole(path):
            continue
        if repairs:
            set_aside(path, mark, "is asked for again")
        yield Finding(f"raw/objects/{path.name}", "not what its name promises", _done("set aside", repairs=repairs))


def _left_overs(settings: Settings, *, repairs: bool) -> Iterator[Finding]:
    """Find files that a killed run wrote half, an hour old at least, so that nobody writes them still."""
    hour_ago = seconds_since_1970(utc_now() - HOUR)
    for pattern in LEFT_OVERS:
        for path in sorted(settings.home_dir.rglob(pattern)):
            if path.is_file() and "git" not in path.parts and path.stat().st_mtime < hour_ago:
                if repairs:
                    path.unlink()
                name = str(path.relative_to(settings.home_dir))
                yield Finding(name, "written half by a run that died", _done("deleted", repairs=repairs))


def _waiting(settings: Settings) -> Iterator[Finding]:
    for path in dead_nights(settings):
        yield Finding(path.stem, "fetched and has not landed", "next: speedscore nightly --resume, or the next night")


def _set_aside(settings: Settings) -> Iterator[Finding]:
    aside = [path for path in settings.home_dir.rglob("*.damaged-*") if "git" not in path.parts]
    if aside:
        size = sum(path.stat().st_size for path in aside if path.is_file())
        told = f"{many(len(aside), 'files')} set aside before, {size / 1e6:.1f} MB"
        yield Finding("*.damaged-*", told, "kept for you; delete them when you have looked")


def _done(what: str, *, repairs: bool) -> str:
    return what if repairs else f"would be {what}"
