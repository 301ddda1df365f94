"""Import dated trackers and the Papers With Code archive: read the files, land what they say in one landing."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.observation import Observation
from collectors.trackers.births import births
from collectors.trackers.files import TRACKERS, FileReport, is_tracker, keep, read_rows
from collectors.trackers.tracker import Told
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.land import land_import, start_run
from flows.stages.reading import reading
from warehouse.land import LandingResult
from warehouse.papers import part_of_archive, rows_of_archive, shares
from warehouse.query import rows

ARCHIVED = (".parquet", ".json", ".json.gz")
ARCHIVE = "papers-with-code"


def import_files(settings: Settings, paths: Sequence[Path]) -> tuple[list[FileReport], LandingResult]:
    """Land every file of the paths in one landing; raise InputError when a named file is of no known kind."""
    run_start, catalog = start_run("import"), settings.followed
    reports, observations = read_archive(paths, catalog)
    read = list(_read_trackers(paths, {report.path for report in reports}, catalog))
    born = births(chain.from_iterable(told for _, told in read)) | _born(settings)
    for report, told in read:
        observations += keep(report, told, born)
        reports.append(report)
    if not any(report.kind for report in reports):
        raise InputError(f"no tracker file in {', '.join(map(str, paths))}; known kinds: {', '.join(_kinds())}")
    detail = {"files": [report.path.name for report in reports if report.kind]}
    return reports, land_import(settings, observations, run_start, detail)


def _read_trackers(paths: Sequence[Path], done: set[Path], catalog: Catalog) -> Iterator[tuple[FileReport, list[Told]]]:
    """Yield what the files of trackers tell, each file once; raise InputError when a named one is of no known kind."""
    for path in paths:
        for file in (one for one in _files(path) if one not in done):
            done.add(file)
            report, told = (
                (FileReport(file, None), []) if _may_be_archived(file) else read_rows(file, catalog, utc_now())
            )
            if report.kind is None and path.is_file():
                raise InputError(f"{file}: no kind of tracker has these columns; known: {', '.join(_kinds())}")
            yield report, told


def _born(settings: Settings) -> dict[str, datetime]:
    """Return when the repository of each subject was created, where GitHub itself has told it."""
    if not settings.published.exists():
        return {}
    with reading(settings) as connection:
        seen = rows(connection, "memory_repositories", before=utc_now())
    created = {row["repository"]: row["created_at"] for row in seen if row["created_at"]}
    subjects = settings.followed.subjects
    return {one.id: created[one.github.lower()] for one in subjects if one.github.lower() in created}


def read_archive(paths: Sequence[Path], catalog: Catalog) -> tuple[list[FileReport], list[Observation]]:
    """Return the shares of the Papers With Code archive whose files are among the paths; both its parts are needed."""
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
    sizes = {path: rows_of_archive(path) for some in parts.values() for path in some}
    reports = [FileReport(path, ARCHIVE, read=size) for path, size in sizes.items()]
    reports[0].observations = len(found)
    return reports, found


def _kinds() -> list[str]:
    return [*(tracker.name for tracker in TRACKERS), ARCHIVE]


def _may_be_archived(path: Path) -> bool:
    return path.name.endswith(ARCHIVED) and not is_tracker(path)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.name.endswith(ARCHIVED) or is_tracker(file))
