"""Turn the files of the Papers With Code archive into shares per venue and year."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.statistics import theil_sen, wilson
from catalog.subject import Subject
from catalog.venues import venues
from warehouse.archived_shares import archived_import_shares, archived_venue_shares
from warehouse.config import Config
from warehouse.damage import first_line
from warehouse.query import rows, statement

MEMORY: Config = {"memory_limit": "512MB", "preserve_insertion_order": "false"}
FROZEN = "frozen at 2025-07"
SLOPE_YEARS = 5
NAMED = ("pytorch", "tf", "jax", "mindspore", "paddle", "mxnet", "torch", "caffe2")
JSON = (".json", ".json.gz")
GZIP = b"\x1f\x8b"
PARTS = {"links": {"paper_url", "repo_url", "framework"}, "papers": {"paper_url", "proceeding"}}
READERS = {
    False: ("archive_links_parquet", "archive_papers_parquet"),
    True: ("archive_links_json", "archive_papers_json"),
}


class PapersError(InputError):
    """The files are not the archive: the message is the reader's own first line."""


def shares(links: Sequence[Path], papers: Sequence[Path], catalog: Catalog, **evidence: Any) -> list[Observation]:
    """Return what follows from the files of the archive; raise PapersError when they cannot be read."""
    return shares_of(counts(links, papers), catalog, **evidence)


def counts(links: Sequence[Path], papers: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the shares of every framework at each venue and year by each estimand, with the papers they rest on (n).

    The files are Parquet, or the JSON dump. What DuckDB holds stays under 512 MB whatever their size. Raises
    PapersError when they cannot be read.
    """
    connection = duckdb.connect(config=MEMORY)
    try:
        of_links, of_papers = READERS[_is_dump(links)][0], READERS[_is_dump(papers)][1]
        connection.execute(statement(of_links), _at(links))
        connection.execute(statement(of_papers), _at(papers))
        return rows(connection, "paper_shares", **_asked())
    except duckdb.Error as error:
        raise PapersError(f"the archive's files cannot be read: {first_line(error)}") from error
    finally:
        connection.close()


def fingerprint_of_counts(links: Sequence[Path], papers: Sequence[Path]) -> str:
    """Return what differs where `counts` may, for files that are called by their fingerprints."""
    queries = [statement(name) for names in READERS.values() for name in names] + [statement("paper_shares")]
    files = [[path.name for path in links], [path.name for path in papers]]
    return hashlib.sha256(repr((duckdb.__version__, queries, _asked(), files)).encode()).hexdigest()


def _asked() -> dict[str, list[str]]:
    """Return whose papers are counted: every venue under all its names, and the frameworks that the archive names."""
    names = [(venue.id, name) for venue in venues() for name in venue.names]
    ids, spellings = map(list, zip(*names, strict=True))
    return {"venues": ids, "names": spellings, "frameworks": list(NAMED)}


def shares_of(found: Sequence[dict[str, Any]], catalog: Catalog, **evidence: Any) -> list[Observation]:
    """Return each estimand by subject, venue and year with its Wilson interval, and the slope of the last years."""
    observations: list[Observation] = []
    for subject in catalog.subjects:
        if subject.papers_framework:
            own = [row for row in found if row["framework"] == subject.papers_framework.lower()]
            observations += [_share(subject, row, evidence) for row in own if row["n"]]
            scored = [row for row in own if _is_scored(row) and row["n"]]
            observations += [*_slope(subject, scored, evidence), *archived_import_shares(subject, scored, evidence)]
            observations += archived_venue_shares(subject, scored, evidence)
    return observations


def part_of_archive(path: Path) -> str | None:
    """Return whether a file is one of the archive's: "links" or "papers", by its columns; None where it is neither."""
    name = "columns_json" if _is_dump([path]) else "columns_parquet"
    with duckdb.connect(config=MEMORY) as connection:
        try:
            columns = {row["column_name"] for row in rows(connection, name, **_at([path]))}
        except duckdb.Error:
            return None
    return next((part for part, needed in PARTS.items() if needed <= columns), None)


def rows_of_archive(path: Path) -> int:
    """Return how many links or papers a file of the archive holds; all of them count in some share."""
    name = "count_json" if _is_dump([path]) else "count_parquet"
    with duckdb.connect(config=MEMORY) as connection:
        [row] = rows(connection, name, **_at([path]))
    return int(row["rows"])


def _is_dump(paths: Sequence[Path]) -> bool:
    return all(path.name.endswith(JSON) for path in paths)


def _at(paths: Sequence[Path]) -> dict[str, Any]:
    """Return what a reader is told: the files and, of a dump, whether it is packed; its name does not say for sure."""
    told: dict[str, Any] = {"paths": [str(path) for path in paths]}
    return told | ({"compression": _compression(paths[0])} if _is_dump(paths) else {})


def _compression(path: Path) -> str:
    with path.open("rb") as file:
        return "gzip" if file.read(2) == GZIP else "uncompressed"


def _is_scored(row: Mapping[str, Any]) -> bool:
    scored = {venue.id for venue in venues() if venue.is_scored}
    return row["estimand"] == "e2" and row["scope"] == "any" and row["venue"] in scored


def _share(subject: Subject, row: dict[str, Any], evidence: dict[str, Any]) -> Observation:
    lo, hi = wilson(row["share"], row["n"])
    variant = [row["estimand"]] * (row["estimand"] != "e2") + [row["scope"]] * (row["scope"] != "any")
    metric = METRICS["_".join([f"pwc.share_{row['venue']}_{row['year']}", *variant])]
    more = {"n": row["n"], "lo": lo, "hi": hi, "method": "archived", **evidence}
    return metric.of(subject.id, row["valid_at"], row["share"], definition=f"{metric.definition};{FROZEN}", **more)


def _slope(subject: Subject, own: Sequence[dict[str, Any]], evidence: dict[str, Any]) -> Iterator[Observation]:
    """Yield the slope as of each venue year: the one that a past day's score may know."""
    metric = METRICS["pwc.share_slope_pp"]
    for valid_at in sorted({row["valid_at"] for row in own}):
        points = _last_years(own, valid_at)
        slope = theil_sen(points)
        if slope is not None:
            more = {"n": len(points), "method": "archived", "status": Status.DERIVED, **evidence}
            yield metric.of(subject.id, valid_at, 100 * slope, definition=f"{metric.definition};{FROZEN}", **more)


def _last_years(own: Sequence[dict[str, Any]], valid_at: datetime) -> list[tuple[float, float]]:
    known = [row for row in own if row["valid_at"] <= valid_at]
    newest = max(row["year"] for row in known)
    return [(row["year"], row["share"]) for row in known if row["year"] > newest - SLOPE_YEARS]
