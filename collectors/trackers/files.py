"""Files of dated trackers: open a file, tell its kind by its header, read it to the end."""

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.observation import Observation
from collectors.trackers import best_of, commit_log, github_ranking, open_digger
from collectors.trackers.births import births, stranger
from collectors.trackers.tracker import Refused, Row, Skipped, Told, Tracker

TRACKERS: tuple[Tracker, ...] = (best_of.tracker, github_ranking.tracker, commit_log.tracker, open_digger.tracker)
GZIP = b"\x1f\x8b"
SUFFIXES = (".csv", ".csv.gz")


@dataclass
class FileReport:
    """What one file gave: rows read, kept, about others, and refused with the reasons."""

    path: Path
    kind: str | None
    read: int = 0
    not_followed: int = 0
    observations: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def kept(self) -> int:
        """Rows about followed subjects that could be used."""
        return self.read - self.not_followed - self.refused.total()


def read_file(path: Path, catalog: Catalog, now: datetime) -> tuple[FileReport, list[Observation]]:
    """Read one file to the end; a row that cannot be used is refused and counted, the others are kept."""
    report, told = read_rows(path, catalog, now)
    return report, keep(report, told, births(told))


def keep(report: FileReport, told: Iterable[Told], born: Mapping[str, datetime]) -> list[Observation]:
    """Return what the rows of a file tell; those about other repositories of the same name are refused, each whole."""
    found: list[Observation] = []
    for one in told:
        if why := stranger(one, born):
            report.refused[why] += 1
        else:
            found += one.observations
    report.observations = len(found)
    return found


def read_rows(path: Path, catalog: Catalog, now: datetime) -> tuple[FileReport, list[Told]]:
    """Read one file to the end and give what its rows tell; one that cannot be used is refused and counted."""
    try:
        with text_of(path) as lines:
            columns, rows = _rows(path, lines)
            tracker = _recognise(frozenset(columns))
            report = FileReport(path, tracker.name if tracker else None)
            return report, list(_read(rows, tracker, report, catalog, now)) if tracker else []
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _rows(path: Path, lines: TextIO) -> tuple[Iterable[str], Iterable[Row]]:
    """Return the columns of a file and its rows; a JSON of months has columns of its own."""
    if path.name in open_digger.FILES:
        return open_digger.COLUMNS, open_digger.rows_of(lines.read(), path.resolve())
    reader = csv.DictReader(lines)
    return reader.fieldnames or (), reader


def _read(rows: Iterable[Row], tracker: Tracker, report: FileReport, catalog: Catalog, now: datetime) -> Iterator[Told]:
    for result in tracker.read(_counted(rows, report), report.path.resolve(), catalog, now):
        match result:
            case Refused(why=why):
                report.refused[why] += 1
            case Skipped.NOT_FOLLOWED:
                report.not_followed += 1
            case told:
                yield told


def _counted(rows: Iterable[Row], report: FileReport) -> Iterator[Row]:
    for row in rows:
        report.read += 1
        if None in row or None in row.values():
            report.refused["the row has too few or too many fields"] += 1
        else:
            yield row


def _recognise(columns: frozenset[str]) -> Tracker | None:
    return next((tracker for tracker in TRACKERS if tracker.columns <= columns), None)


def is_tracker(path: Path) -> bool:
    """Return whether a file may be one of a tracker, by its name."""
    return path.name.endswith(SUFFIXES) or path.name in open_digger.FILES


@contextmanager
def text_of(path: Path) -> Iterator[TextIO]:
    """Open a text, gzipped or not."""
    with path.open("rb") as raw:
        is_gzip = raw.peek(2)[:2] == GZIP
        binary = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as lines:
            yield lines
