"""Files of dated trackers: open a file, tell its kind by its header, read it to the end."""

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TextIO

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.observation import Observation
from collectors.trackers import best_of, commit_log, github_ranking, open_digger
from collectors.trackers.tracker import Refused, Row, Skipped, Tracker

TRACKERS: tuple[Tracker, ...] = (best_of.tracker, github_ranking.tracker, commit_log.tracker, open_digger.tracker)
GZIP = b"\x1f\x8b"
SUFFIXES = (".csv", ".csv.gz")


@dataclass
class FileReport:
    """What one file gave: rows read, kept, about others, and refused with the reasons."""

    path: Path
    kind: str | None
    read: int = 0
    kept: int = 0
    not_followed: int = 0
    observations: int = 0
    refused: Counter[str] = field(default_factory=Counter)


def read_file(path: Path, catalog: Catalog, now: datetime) -> tuple[FileReport, list[Observation]]:
    """Read one file to the end; a row that cannot be used is refused and counted, the others are kept."""
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


def _read(
    rows: Iterable[Row], tracker: Tracker, report: FileReport, catalog: Catalog, now: datetime
) -> Iterator[Observation]:
    for result in tracker.read(_counted(rows, report), report.path.resolve(), catalog, now):
        match result:
            case Refused(why=why):
                report.refused[why] += 1
            case Skipped.NOT_FOLLOWED:
                report.not_followed += 1
            case found:
                report.observations += len(found)
                yield from found
    report.kept = report.read - report.not_followed - report.refused.total()


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
