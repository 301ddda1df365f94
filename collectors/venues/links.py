"""From papers to code, by other hands: paperswithcode.co first, then the paper's page at Hugging Face."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from catalog.editions import Edition
from collectors.errors import GoneError, IncompleteError
from collectors.transport.payload import count, each, need, text
from collectors.transport.status import is_page
from collectors.upstream import Upstream
from collectors.venues.accepted import Paper
from collectors.venues.addresses import clean, repositories_in
from collectors.venues.titles import normal

PAGE = 100
WORD = re.compile(r"[a-z]+|\d+")
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


@dataclass(frozen=True)
class Asking:
    """Who is asked, and on which day; `frameworks` are the repositories of frameworks, owner/name in lower case."""

    upstream: Upstream
    frameworks: Collection[str]
    on: date

    def link(self, paper_id: str, way: str, address: str, *, is_official: bool = False) -> Link:
        """Return the link behind an address as it stands somewhere."""
        found = clean(address, self.frameworks)
        why = str(found.refusal) if found.refusal else None
        return Link(paper_id, way, self.on, address.strip(), found.repository, why, is_official)

    def nothing(self, paper_id: str, way: str) -> list[Link]:
        """Say that a way was asked and knew of no code."""
        return [Link(paper_id, way, self.on)]


def said_by(paper: Paper, asking: Asking) -> Iterator[Link]:
    """Yield the links that a paper's own entry at OpenReview tells: in its abstract, and in its field for code."""
    for name in repositories_in(paper.abstract):
        yield asking.link(paper.id, "abstract", f"https://github.com/{name}")
    if paper.code.strip():
        yield asking.link(paper.id, "openreview", paper.code)


def arxiv_ids(edition: Edition, upstream: Upstream) -> tuple[dict[str, str], int]:
    """Return the arXiv ids of a venue's papers by normal title, and how many papers the index has.

    A venue that the index does not know has none. Raise SourceError where the index breaks off.
    """
    base = f"{upstream.beside['paperswithcode_url']}/conferences"
    try:
        return _indexed(f"{base}/{edition.id}/papers", upstream)
    except GoneError:
        slug = _slug(edition, base, upstream)
    return _indexed(f"{base}/{quote(slug)}/papers", upstream) if slug else ({}, 0)


def _slug(edition: Edition, base: str, upstream: Upstream) -> str | None:
    """Return the name under which the index has a year of a venue; None where it has none."""
    words = {edition.venue, str(edition.year)}
    for slug in _slugs(base, upstream):
        if slug != edition.id and words == set(WORD.findall(slug.lower())):
            return slug
    return None


def _slugs(base: str, upstream: Upstream) -> Iterator[str]:
    """Yield the name of each year of a venue that the index has, page by page."""
    for page in range(1, MOST_PAGES + 1):
        number: dict[str, Any] = {"page": page} if page > 1 else {}
        try:
            payload, _ = upstream.http.json(f"{base}/", **number, page_size=PAGE)
        except GoneError as error:
            if is_page(error):
                raise
            return
        rows = _rows(payload)
        yield from (str(row.get("slug") or "") for row in rows)
        if not rows or payload.get("next_page") is None:
            return


def _indexed(url: str, upstream: Upstream) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    came, told = 0, 0
    for page in range(1, MOST_PAGES + 1):
        try:
            payload, _ = upstream.http.json(url, page=page, page_size=PAGE)
        except GoneError as error:
            if not came:
                raise
            raise IncompleteError(f"the index ends after {came:,} of {told:,} papers") from error
        told, rows = int(count(payload, "count")), _rows(payload)
        came += len(rows)
        named = ((normal(str(row.get("title") or "")), _arxiv_id(row)) for row in rows)
        found |= {title: arxiv for title, arxiv in named if title and arxiv}
        if came >= told:
            return found, came
        if not rows or payload.get("next_page") is None:
            break
    raise IncompleteError(f"the index ends after {came:,} of {told:,} papers")


def _rows(payload: Any) -> list[Mapping[str, Any]]:
    name = next((one for one in ("results", "papers", "items", "conferences") if one in payload), "results")
    return [row for row in each(payload, name) if isinstance(row, Mapping)]


def _arxiv_id(row: Mapping[str, Any]) -> str | None:
    found = row.get("arxiv_id") or row.get("paper_id")
    return found.partition("v")[0] if isinstance(found, str) and found[:1].isdigit() else None


def asked_of_index(paper_id: str, arxiv_id: str, asking: Asking) -> list[Link]:
    """Return the repositories that paperswithcode.co knows for a paper, the authors' own first."""
    way, url = "paperswithcode", f"{asking.upstream.beside['paperswithcode_url']}/papers/arxiv/{quote(arxiv_id)}"
    try:
        payload, _ = asking.upstream.http.json(url, include_resources="true")
    except GoneError as error:
        return _unknown(error, asking.nothing(paper_id, way))
    found = [
        asking.link(paper_id, way, text(one, "url"), is_official=one.get("is_official") is True)
        for one in _repositories(payload)
    ]
    return sorted(found, key=lambda one: not one.is_official) or asking.nothing(paper_id, way)


def _unknown(error: GoneError, nothing: list[Link]) -> list[Link]:
    """Return that a way knows no such paper; raise the error where a page says so, for then the way itself is gone."""
    if is_page(error):
        raise error
    return nothing


def _repositories(payload: Any) -> Sequence[Mapping[str, Any]]:
    """Return the repositories of a paper, wherever the answer has them; a paper may have none."""
    for place in (payload, payload.get("resources") if isinstance(payload, Mapping) else None):
        if isinstance(place, Mapping) and place.get("repositories") is not None:
            return each(place, "repositories")
    return []


def asked_of_page(paper_id: str, arxiv_id: str, asking: Asking) -> list[Link]:
    """Return the repository that the paper's page at Hugging Face names."""
    way, url = "huggingface", f"{asking.upstream.beside['huggingface_url']}/api/papers/{quote(arxiv_id)}"
    try:
        payload, _ = asking.upstream.http.json(url)
    except GoneError as error:
        return _unknown(error, asking.nothing(paper_id, way))
    address = need(payload, "id") and payload.get("githubRepo")
    if not isinstance(address, str) or not address.strip():
        return asking.nothing(paper_id, way)
    return [asking.link(paper_id, way, address)]
