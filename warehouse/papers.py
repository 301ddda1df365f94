"""Turn the files of the Papers With Code archive into shares per venue and year."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from catalog.errors import InputError
from catalog.load import Catalog
from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.subject import Subject
from warehouse.connection import Config, first_line
from warehouse.query import rows

MEMORY: Config = {"memory_limit": "768MB", "preserve_insertion_order": "false"}
FROZEN = "frozen at 2025-07"
SLOPE_YEARS = 5


class PapersError(InputError):
    """The files are not the archive: the message is the reader's own first line."""


def shares(links: Sequence[Path], papers: Sequence[Path], catalog: Catalog, **evidence: Any) -> list[Observation]:
    """Give E2 per subject, venue and year with its Wilson interval, and the slope of the last five years.

    Memory stays under 768 MB whatever the size of the files. Raises PapersError when they cannot be read.
    """
    connection = duckdb.connect(config=MEMORY)
    try:
        files = {"links": [str(path) for path in links], "papers": [str(path) for path in papers]}
        found = rows(connection, "paper_shares", **files)
    except duckdb.Error as error:
        raise PapersError(f"the archive's files cannot be read: {first_line(error)}") from error
    finally:
        connection.close()
    observations: list[Observation] = []
    for subject in catalog.subjects:
        if subject.papers_framework:
            own = [row for row in found if row["framework"] == subject.papers_framework.lower()]
            observations += [_share(subject, row, evidence) for row in own]
            observations += _slope(subject, own, evidence)
    return observations


def wilson(share: float, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Give the Wilson score interval of a share of n cases."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def theil_sen(points: Sequence[tuple[float, float]]) -> float | None:
    """Give the median of all pairwise slopes; None for fewer than two distinct abscissae."""
    slopes = sorted(
        (y2 - y1) / (x2 - x1) for i, (x1, y1) in enumerate(points) for x2, y2 in points[i + 1 :] if x1 != x2
    )
    if not slopes:
        return None
    half = len(slopes) // 2
    return slopes[half] if len(slopes) % 2 else (slopes[half - 1] + slopes[half]) / 2


def _share(subject: Subject, row: dict[str, Any], evidence: dict[str, Any]) -> Observation:
    lo, hi = wilson(row["share"], row["n"])
    metric = METRICS[f"pwc.share_{row['venue']}_{row['year']}"]
    more = {"n": row["n"], "lo": lo, "hi": hi, "method": "archived", **evidence}
    return metric.of(subject.id, row["valid_at"], row["share"], definition=f"{metric.definition};{FROZEN}", **more)


def _slope(subject: Subject, own: Sequence[dict[str, Any]], evidence: dict[str, Any]) -> Iterator[Observation]:
    """Give the slope as of each venue year: the one that a past day's score may know."""
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
