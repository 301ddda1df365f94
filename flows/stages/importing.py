"""Import dated trackers: open the files, tell their kind by their header, stream them, land what they say."""

import csv
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.observation import Observation
from collectors.trackers import best_of, commit_log, github_ranking, open_digger
from collectors.trackers.tracker import Refused, Row, Skipped, Tracker
from flows.settings import Settings
from flows.stages.land import begin, land_import
from warehouse.land import Landed
from warehouse.papers import part_of_archive, shares

TRACKERS: tuple[Tracker, ...] = (best_of.tracker, github_ranking.tracker, commit_log.tracker, open_digger.tracker)
GZIP = b"\x1f\x8b"
ARCHIVED = (".parquet", ".json", ".json.gz")
ARCHIVE = "papers-with-code"
SUFFIXES = (".csv", ".csv.gz", ".parquet", ".json.gz")


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


def import_files(settings: Settings, paths: Sequence[Path]) -> tuple[list[FileReport], Landed]:
    """Land every file of the paths in one landing; raise InputError when a named file is of no known kind."""
    begun, catalog = begin("import"), settings.followed
    reports, observations = read_archive(paths, catalog)
    for path in paths:
        for file in _files(path):
            if any(file == report.path for report in reports):
                continue
            report, found = read_file(file, catalog)
            if report.kind is None and path.is_file():
                raise InputError(f"{file}: no kind of tracker has these columns; known: {', '.join(_kinds())}")
            reports.append(report)
            observations += found
    if not any(report.kind for report in reports):
        raise InputError(f"no tracker file in {', '.join(map(str, paths))}; known kinds: {', '.join(_kinds())}")
    detail = {"files": [report.path.name for report in reports if report.kind]}
    return reports, land_import(settings, observations, begun, detail)


def read_archive(paths: Sequence[Path], catalog: Catalog) -> tuple[list[FileReport], list[Observation]]:
    """Give the shares of the Papers With Code archive whose files are among the paths; both its parts are needed."""
    parts: dict[str, list[Path]] = {}
    for one in (one for path in paths for one in _files(path) if _may_be_archived(one)):
        if part := part_of_archive(one):
            parts.setdefault(part, []).append(one)
    if not parts:
        return [], []
    if lost := {"links", "papers"} - set(parts):
        raise InputError(f"the archive's {lost.pop()} are not among the files; name the files of links and of papers")
    digest = hashlib.sha256()
    for path in (*parts["links"], *parts["papers"]):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    found = shares(parts["links"], parts["papers"], catalog, raw_sha256=digest.hexdigest())
    reports = [FileReport(path, ARCHIVE) for some in parts.values() for path in some]
    reports[0].observations = len(found)
    return reports, found


def read_file(path: Path, catalog: Catalog) -> tuple[FileReport, list[Observation]]:
    """Read one file to the end; a row that cannot be used is refused and counted, the others are kept."""
    if _may_be_archived(path):
        return FileReport(path, None), []
    try:
        with text_of(path) as lines:
            columns, rows = _rows(path, lines)
            tracker = _recognise(frozenset(columns))
            report = FileReport(path, tracker.name if tracker else None)
            return report, list(_read(rows, tracker, report, catalog)) if tracker else []
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _rows(path: Path, lines: TextIO) -> tuple[Iterable[str], Iterable[Row]]:
    """Give the columns of a file and its rows; a JSON of months has columns of its own."""
    if path.name in open_digger.FILES:
        return open_digger.COLUMNS, open_digger.rows_of(lines.read(), path.resolve())
    reader = csv.DictReader(lines)
    return reader.fieldnames or (), reader


def _read(rows: Iterable[Row], tracker: Tracker, report: FileReport, catalog: Catalog) -> Iterator[Observation]:
    for result in tracker.read(_counted(rows, report), report.path.name, catalog):
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


def _kinds() -> list[str]:
    return [*(tracker.name for tracker in TRACKERS), ARCHIVE]


def _may_be_archived(path: Path) -> bool:
    return path.name.endswith(ARCHIVED) and path.name not in open_digger.FILES


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.name.endswith(SUFFIXES) or file.name in open_digger.FILES)


@contextmanager
def text_of(path: Path) -> Iterator[TextIO]:
    """Open a text, gzipped or not."""
    with path.open("rb") as raw:
        is_gzip = raw.peek(2)[:2] == GZIP
        binary = gzip.GzipFile(fileobj=raw) if is_gzip else raw
        with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as lines:
            yield lines
