"""Lists of accepted papers and lists of their code, as others publish them, and how far each way to code reaches.

A list of papers has `title`, and may have `openreview_id`, `github_in_abstract` and `code_url`; a list of code has
`title`, `openreview_id` and `code_field_verbatim`. The name of a file tells venue and year.
"""

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.errors import InputError
from catalog.statistics import chapman
from collectors.venues.addresses import clean, refuse_shared
from collectors.venues.titles import normal

NAMED = re.compile(r"(?i)(?:.*_)?([a-z]+)[-_]?((?:19|20)\d\d)\.csv(?:\.gz)?")
PAPERS, LINKS = {"title"}, {"title", "code_field_verbatim"}
GZIP = b"\x1f\x8b"
Row = Mapping[str, str]
Edition = tuple[str, int]


@dataclass(frozen=True)
class ListFile:
    """One file: its name, whose list it is, and its rows."""

    name: str
    edition: Edition
    rows: Sequence[Row]

    @property
    def is_of_code(self) -> bool:
        """Whether it says where the code of papers is, instead of which papers there are."""
        return bool(self.rows) and set(self.rows[0]) >= LINKS


def read_list(name: str, body: bytes) -> ListFile | None:
    """Return the list in a file, plain or packed; None where its name or columns are those of no list.

    Raise InputError where it cannot be read.
    """
    told = NAMED.fullmatch(name)
    if told is None:
        return None
    try:
        text = (gzip.decompress(body) if body.startswith(GZIP) else body).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{name} cannot be read as CSV: {error}; leave it out or bring it anew") from error
    whole = [{key: (text or "") for key, text in row.items() if key} for row in rows]
    found = ListFile(name, (told[1].lower(), int(told[2])), whole)
    return found if whole and set(whole[0]) >= PAPERS else None


def accepted_counts(lists: Sequence[ListFile]) -> Iterator[dict[str, Any]]:
    """Yield how many papers each list holds; where two hands list one venue year, how far they agree.

    `agreement` is the smaller number by the larger one, `same_titles` how many normalised titles are in both.
    """
    first: dict[Edition, ListFile] = {}
    for one in sorted((one for one in lists if not one.is_of_code), key=lambda one: (one.edition, -len(one.rows[0]))):
        venue, year = one.edition
        other = first.setdefault(one.edition, one)
        is_second = other is not one
        titles = _titles(one) & _titles(other)
        numbers = sorted((len(one.rows), len(other.rows)))
        yield {
            "venue": venue,
            "year": year,
            "papers": len(one.rows),
            "github_in_abstract": sum(bool(row.get("github_in_abstract", "").strip()) for row in one.rows),
            "file": one.name,
            "agreement": round(numbers[0] / numbers[1], 4) if is_second else None,
            "same_titles": sum(normal(row["title"]) in titles for row in one.rows) if is_second else None,
        }


def _titles(one: ListFile) -> set[str]:
    return {normal(row["title"]) for row in one.rows if row["title"]}


@dataclass(frozen=True)
class Ways:
    """The papers of a venue year that have code by each way: places in the list of papers."""

    in_abstract: set[int]
    in_field: set[int]
    in_list: set[int]
    by_id: int
    by_title: int
    unmatched: int


def coverage(lists: Sequence[ListFile]) -> Iterator[dict[str, Any]]:
    """Yield per venue year how many papers have a link by each way, by both lists, and by any of them.

    `in_all` is an estimate of all papers that have code somewhere, from abstracts and the list (capture and recapture).
    """
    codes = {one.edition: one for one in lists if one.is_of_code}
    papers = {one.edition: one for one in reversed(lists) if not one.is_of_code}
    for edition, listed in sorted(papers.items()):
        code = codes.get(edition)
        yield _covered(listed, code.rows if code else [])


def _covered(listed: ListFile, code: Sequence[Row]) -> dict[str, Any]:
    ways, n = _ways(listed, code), len(listed.rows)
    both, union = ways.in_abstract & ways.in_list, ways.in_abstract | ways.in_field | ways.in_list
    total, lo, hi = chapman(len(ways.in_abstract), len(ways.in_list), len(both)) if both else (None, None, None)
    on_github = {_paper(row) for row in code if clean(_field(row)).repository}
    return {
        "venue": listed.edition[0],
        "year": listed.edition[1],
        "papers": n,
        "in_abstract": len(ways.in_abstract),
        "in_field": len(ways.in_field),
        "in_list": len(code),
        "list_on_github": len(on_github),
        "by_id": ways.by_id,
        "by_title": ways.by_title,
        "unmatched": ways.unmatched,
        "both": len(both),
        "union": len(union),
        "share": round(len(union) / n, 4),
        "in_all": total and round(total),
        "in_all_lo": lo and round(lo),
        "in_all_hi": hi and round(hi),
    }


def _ways(listed: ListFile, code: Sequence[Row]) -> Ways:
    ids = {_id(row): place for place, row in enumerate(listed.rows) if _id(row)}
    titles = {normal(row["title"]): place for place, row in enumerate(listed.rows)}
    by_id = [ids[one] for row in code if (one := _id(row)) in ids]
    others = [normal(row["title"]) for row in code if _id(row) not in ids]
    by_title = [titles[one] for one in others if one in titles]
    return Ways(
        in_abstract=_having(listed, "github_in_abstract"),
        in_field=_having(listed, "code_url"),
        in_list={*by_id, *by_title},
        by_id=len(by_id),
        by_title=len(by_title),
        unmatched=len(others) - len(by_title),
    )


def _having(listed: ListFile, field: str) -> set[int]:
    return {place for place, row in enumerate(listed.rows) if row.get(field, "").strip()}


def cleaned_links(lists: Sequence[ListFile], frameworks: Collection[str]) -> Iterator[dict[str, Any]]:
    """Yield per list of code how many of its links lead to a repository, and how many were refused for which reason.

    `frameworks` are the repositories of frameworks themselves, in lower case.
    """
    for one in (one for one in lists if one.is_of_code):
        links = [(_paper(row), clean(_field(row), frameworks)) for row in one.rows]
        found = [link for _, link in refuse_shared(links)]
        refused = Counter(str(link.refusal) for link in found if link.refusal)
        yield {
            "venue": one.edition[0],
            "year": one.edition[1],
            "links": len(found),
            "repositories": len({link.repository for link in found if link.repository}),
            "kept": sum(link.repository is not None for link in found),
            "refused": dict(sorted(refused.items())),
        }


def _id(row: Row) -> str:
    return row.get("openreview_id", "").strip()


def _paper(row: Row) -> str:
    return _id(row) or normal(row["title"])


def _field(row: Row) -> str:
    return row["code_field_verbatim"]
