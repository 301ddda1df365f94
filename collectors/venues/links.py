"""From papers to code, by other hands: paperswithcode.co first, then the paper's page at Hugging Face."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from catalog.editions import Edition
from collectors.errors import GoneError, IncompleteError
from collectors.transport.payload import count, each, need
from collectors.upstream import Upstream
from collectors.venues.accepted import Paper
from collectors.venues.addresses import Refusal, clean, repositories_in
from collectors.venues.titles import normal

PAGE = 100
MOST_PAGES = 150
ASKED = ("paperswithcode", "huggingface")
WAYS = (*ASKED, "abstract", "openreview", "archive")
"""The ways to a paper's code, in the order in which they are believed."""


@dataclass(frozen=True)
class Link:
    """What one way says of one paper's code: an address and its repository, or why it tells none.

    One without an address says that the way was asked and knew of none.
    """

    paper_id: str
    way: str
    seen_on: date
    address: str | None = None
    repository: str | None = None
    refusal: str | None = None
    is_official: bool = False

    def row(self, edition: Edition) -> dict[str, Any]:
        """Return it as a row of `paper_link`."""
        names = ("paper_id", "way", "seen_on", "address", "repository", "refusal", "is_official")
        return {"venue": edition.venue, "year": edition.year} | {name: getattr(self, name) for name in names}


def said_by(paper: Paper, frameworks: Collection[str], seen_on: date) -> Iterator[Link]:
    """Yield the links that a paper's own entry at OpenReview tells: in its abstract, and in its field for code."""
    for name in repositories_in(paper.abstract):
        yield linked(paper.id, "abstract", f"https://github.com/{name}", frameworks, seen_on)
    if paper.code.strip():
        yield linked(paper.id, "openreview", paper.code, frameworks, seen_on)


def linked(
    paper_id: str, way: str, address: str, frameworks: Collection[str], seen_on: date, *, is_official: bool = False
) -> Link:
    """Return the link behind an address as it stands somewhere."""
    found = clean(address, frameworks)
    why = str(found.refusal) if found.refusal else None
    return Link(paper_id, way, seen_on, address.strip(), found.repository, why, is_official)


def arxiv_ids(edition: Edition, upstream: Upstream) -> tuple[dict[str, str], int]:
    """Return the arXiv ids of a venue's papers by normal title, and how many papers the index has.

    A venue that the index does not know has none. Raise SourceError where the index breaks off.
    """
    url = f"{upstream.beside['paperswithcode_url']}/conferences/{edition.id}/papers"
    found: dict[str, str] = {}
    came = 0
    for page in range(1, MOST_PAGES + 1):
        try:
            payload, _ = upstream.http.json(url, page=page, page_size=PAGE)
        except GoneError:
            if came:
                raise
            return {}, 0
        told, rows = int(count(payload, "count")), _rows(payload)
        came += len(rows)
        found |= {normal(str(row.get("title") or "")): arxiv for row in rows if (arxiv := _arxiv_id(row))}
        if came >= told:
            return found, came
        if not rows or payload.get("next_page") is None:
            break
    raise IncompleteError(f"the index of {edition.id} ends after {came:,} of {told:,} papers")


def _rows(payload: Any) -> list[Mapping[str, Any]]:
    name = next((one for one in ("results", "papers", "items") if one in payload), "results")
    return [row for row in each(payload, name) if isinstance(row, Mapping)]


def _arxiv_id(row: Mapping[str, Any]) -> str | None:
    found = row.get("arxiv_id") or row.get("paper_id")
    return found.partition("v")[0] if isinstance(found, str) and found[:1].isdigit() else None


def asked_of_index(
    paper_id: str, arxiv_id: str, upstream: Upstream, frameworks: Collection[str], seen_on: date
) -> list[Link]:
    """Return the repositories that paperswithcode.co knows for a paper, the authors' own first."""
    url = f"{upstream.beside['paperswithcode_url']}/papers/arxiv/{quote(arxiv_id)}"
    try:
        payload, _ = upstream.http.json(url, include_resources="true")
    except GoneError:
        return [Link(paper_id, "paperswithcode", seen_on)]
    found = [
        linked(
            paper_id,
            "paperswithcode",
            str(need(one, "url")),
            frameworks,
            seen_on,
            is_official=bool(one.get("is_official")),
        )
        for one in _repositories(payload)
    ]
    return sorted(found, key=lambda one: not one.is_official) or [Link(paper_id, "paperswithcode", seen_on)]


def _repositories(payload: Any) -> Sequence[Mapping[str, Any]]:
    """Return the repositories of a paper, wherever the answer has them; a paper may have none."""
    for place in (payload, need(payload).get("resources") if isinstance(payload, Mapping) else None):
        if isinstance(place, Mapping) and place.get("repositories") is not None:
            return each(place, "repositories")
    return []


def asked_of_page(
    paper_id: str, arxiv_id: str, upstream: Upstream, frameworks: Collection[str], seen_on: date
) -> list[Link]:
    """Return the repository that the paper's page at Hugging Face names."""
    try:
        payload, _ = upstream.http.json(f"{upstream.beside['huggingface_url']}/api/papers/{quote(arxiv_id)}")
    except GoneError:
        return [Link(paper_id, "huggingface", seen_on)]
    address = need(payload, "id") and payload.get("githubRepo")
    if not isinstance(address, str) or not address.strip():
        return [Link(paper_id, "huggingface", seen_on)]
    return [linked(paper_id, "huggingface", address, frameworks, seen_on)]


def is_link(link: Link) -> bool:
    """Return whether a link leads to a repository."""
    return link.repository is not None and link.refusal != Refusal.MANY_PAPERS
