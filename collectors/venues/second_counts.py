"""A second count of a venue's papers, by other hands than OpenReview's: its virtual site, or its proceedings."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from catalog.editions import Edition
from collectors.errors import ChangedError, IncompleteError, SourceError
from collectors.reading import one_answer
from collectors.transport.payload import count, each
from collectors.upstream import Upstream
from collectors.venues.accepted import NOT_ACCEPTED, Counted
from collectors.venues.titles import normal

MOST_PAGES = 20
ENTRY = re.compile(r"^- ", re.MULTILINE)
AGREE_WITHIN = 0.01


class BrokenOffError(IncompleteError):
    """A list ended before it held what it says: `papers` came of `told`."""

    def __init__(self, where: str, papers: int, told: int) -> None:
        """Name the list and both numbers."""
        super().__init__(f"{where} ends after {papers:,} of {told:,}")
        self.papers, self.told = papers, told


def agree(one: int, other: int) -> bool:
    """Return whether two counts are within one hundredth of the larger."""
    return min(one, other) > 0 and abs(one - other) <= AGREE_WITHIN * max(one, other)


def second_counts(edition: Edition, upstream: Upstream) -> Iterator[Counted | tuple[str, SourceError]]:
    """Yield what each other list says, the proceedings first where there are any; its name and why where it fails."""
    ways = {"pmlr": _of_proceedings} if edition.volume else {}
    for source, ask in (ways | {"site": _of_site}).items():
        try:
            with one_answer():
                found = ask(edition, upstream)
            yield found
        except SourceError as error:
            yield source, error


def _of_proceedings(edition: Edition, upstream: Upstream) -> Counted:
    answer = upstream.http.get(f"{upstream.beside['pmlr_url']}/v{edition.volume}/assets/bib/citeproc.yaml")
    entries = len(ENTRY.findall(answer.body.decode("utf-8", "replace")))
    if not entries:
        raise ChangedError(f"the list of volume {edition.volume} holds no paper")
    return Counted("pmlr", entries, answer)


def _of_site(edition: Edition, upstream: Upstream) -> Counted:
    """Count the papers of the virtual site, each once, however often it is presented."""
    base = upstream.beside["venue_site_url"].replace("{venue}", edition.venue)
    url = f"{base}/static/virtual/data/{edition.id}-orals-posters.json"
    events: list[Any] = []
    told, first = 0, None
    for _ in range(MOST_PAGES):
        payload, answer = upstream.http.json(url)
        first = first or answer
        events += each(payload, "results")
        told = int(count(payload, "count"))
        following = payload.get("next")
        if not isinstance(following, str) or len(events) >= told or urlsplit(following)[:2] != urlsplit(url)[:2]:
            break
        url = following
    papers = len(papers_of(events, edition))
    if len(events) < told:
        raise BrokenOffError(f"the site's list of {edition.id}", len(events), told)
    if not papers:
        raise IncompleteError(f"the site of {edition.id} lists no paper yet")
    return Counted("site", papers, first)


def papers_of(events: list[Any], edition: Edition) -> set[str]:
    """Return the papers behind events: an oral and its poster are one, and what another track presents is none."""
    return {_key(event) for event in events if isinstance(event, Mapping) and _counts(event, edition)}


def _counts(event: Mapping[str, Any], edition: Edition) -> bool:
    decision = str(event.get("decision") or "").lower()
    group = _query(event.get("sourceurl"), "id")
    return (not group or group in edition.groups) and not any(word in decision for word in NOT_ACCEPTED)


def _key(event: Mapping[str, Any]) -> str:
    forum = _query(event.get("paper_url"), "id")
    return forum or normal(str(event.get("name") or event.get("title") or ""))


def _query(url: Any, name: str) -> str:
    if not isinstance(url, str):
        return ""
    try:
        return parse_qs(urlsplit(url).query).get(name, [""])[0]
    except ValueError:
        return ""
