"""Two older series, as their files have them: mentions in proceedings, and the links of the frozen archive."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from catalog.errors import InputError

MONTH = re.compile(r"\d\d?/(\d\d)")
ARXIV = re.compile(r"(\d\d)\d\d\.\d{4,5}(v\d+)?")


@dataclass(frozen=True)
class Mentions:
    """Papers of a venue-year that mention PyTorch, that mention TensorFlow, and all of them."""

    venue: str
    year: int
    pytorch: int
    tf: int
    papers: int


@dataclass(frozen=True)
class ArchivedLink:
    """A link of the archive: the paper, the year of its arXiv id, and the framework that the archive tells."""

    paper: str
    year: int
    framework: str | None


def read_mentions(lines: Iterable[str], name: str) -> list[Mentions]:
    """Return the rows of Horace He's counts: venue, month/year, PyTorch, TensorFlow, papers."""
    found = []
    for number, row in enumerate(csv.reader(lines), 1):
        month = MONTH.fullmatch(row[1].strip()) if len(row) == 5 else None
        if month is None or not all(cell.strip().isdigit() for cell in row[2:]):
            raise InputError(
                f"{name}, line {number} is not venue, month/year and three counts; give the counts as they are"
            )
        pytorch, tf, papers = (int(cell) for cell in row[2:])
        found.append(Mentions(row[0].strip(), 2000 + int(month[1]), pytorch, tf, papers))
    return found


def read_archive(lines: Iterable[str], name: str) -> list[ArchivedLink]:
    """Return the links whose papers have an arXiv id: columns paper_url, paper_arxiv_id, framework."""
    rows = csv.DictReader(lines)
    lacking = {"paper_url", "paper_arxiv_id", "framework"} - set(rows.fieldnames or ())
    if lacking:
        raise InputError(f"{name} has no column {', '.join(sorted(lacking))}; give the archive's links as CSV")
    return list(_links(rows))


def _links(rows: Iterable[dict[str, Any]]) -> Iterator[ArchivedLink]:
    for row in rows:
        if found := ARXIV.fullmatch((row["paper_arxiv_id"] or "").strip()):
            framework = (row["framework"] or "").strip().lower()
            yield ArchivedLink(
                row["paper_url"], 2000 + int(found[1]), framework if framework not in {"", "none"} else None
            )
