"""One night's work on papers of venues, step by step; what breaks off costs only its own step."""

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any

from catalog.editions import Edition
from catalog.rows import Rows
from collectors.errors import ConnectError, LimitError, RestrictedError, SetupError, SourceError
from collectors.github_api.client import connect
from collectors.paper_code.clones import clone_repositories
from collectors.paper_code.repositories import Seen, pushed_since, read_repositories
from collectors.paper_code.rows import verdict_row
from collectors.reading import one_answer
from collectors.upstream import Upstream
from collectors.venues.accepted import Counted, Paper, accepted
from collectors.venues.due import Known, in_order, pushes_due, repositories_due, sample, shared_repositories
from collectors.venues.links import Asking, Link, arxiv_ids, asked_of_index, asked_of_page, said_by
from collectors.venues.second_counts import BrokenOffError, agree, second_counts
from collectors.venues.titles import normal

log = logging.getLogger(__name__)

LISTS_A_NIGHT = 2
LOOKUPS_A_NIGHT = 300
READ_A_NIGHT = 400
READ_AGAIN_A_NIGHT = 6
CLONED_A_NIGHT = 20
MOST_ODD = 3
WITHOUT_INDEX = timedelta(days=28)
LOOKUPS: dict[str, Callable[[str, str, Asking], list[Link]]] = {
    "paperswithcode": asked_of_index,
    "huggingface": asked_of_page,
}


@dataclass
class Night:
    """What a night knows, and what it may still do: the papers of each year, and the look-ups that are left."""

    upstream: Upstream
    now: datetime
    frameworks: frozenset[str]
    papers: dict[str, list[Known]]
    indexed: set[str] = field(default_factory=set)
    lookups: int = LOOKUPS_A_NIGHT
    lost: dict[str, SourceError] = field(default_factory=dict)
    """The first error of each step that broke off."""

    @property
    def asking(self) -> Asking:
        """Who is asked tonight for the code of papers."""
        return Asking(self.upstream, self.frameworks, self.now.date())

    def lose(self, step: str, error: SourceError) -> None:
        """Note that a step broke off, once."""
        if step not in self.lost:
            self.lost[step] = error
            log.warning("venues: %s: %s; next: %s", step, error, error.next_step)

    def give_up(self, step: str, error: SourceError) -> None:
        """Note that look-ups broke off, and ask nobody on tonight."""
        self.lose(step, error)
        self.lookups = 0

    def is_ready(self, edition: Edition) -> bool:
        """Return whether papers are drawn: their arXiv ids are known, or nobody told them for four weeks."""
        known = self.upstream.memory.get("venue_lists", {}).get(edition.id, {})
        waited = known.get("accepted_at") and self.now - known["accepted_at"] >= WITHOUT_INDEX
        return edition.id in self.papers and (edition.id in self.indexed or bool(known.get("is_indexed") or waited))

    def drawn(self, edition: Edition) -> list[str]:
        """Return the repositories of the papers of a year that are drawn so far."""
        papers = self.papers.get(edition.id, [])
        shared = shared_repositories(papers)
        return [name for paper in sample(papers)[0] if (name := paper.repository(shared))]


def bring_list(edition: Edition, night: Night) -> Iterator[Rows]:
    """Ask who was accepted, and a second list; papers are told only where both counts agree."""
    counts: list[dict[str, Any]] = []
    papers: list[Paper] = []
    try:
        with one_answer():
            papers, first = accepted(edition, night.upstream)
        counts.append(_count(edition, night, "openreview", first))
    except SourceError as error:
        night.lose(f"the list of {edition.id}", error)
        yield _counts(edition, [_count(edition, night, "openreview", error)])
        return
    is_whole = False
    for source, found in _seconds(edition, night):
        counts.append(_count(edition, night, source, found))
        is_whole = isinstance(found, Counted) and agree(len(papers), found.papers)
        if is_whole:
            break
    yield _counts(edition, counts)
    if not is_whole:
        log.warning("venues: two lists of %s do not agree: %s", edition.id, _numbers(counts))
        return
    yield from _papers(edition, papers, night)


def _seconds(edition: Edition, night: Night) -> Iterator[tuple[str, Counted | SourceError]]:
    for found in second_counts(edition, night.upstream):
        yield (found.source, found) if isinstance(found, Counted) else found


def _counts(edition: Edition, counts: Sequence[Mapping[str, Any]]) -> Rows:
    return Rows("venue_count", tuple({"venue": edition.venue, "year": edition.year, **one} for one in counts))


def _numbers(counts: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(
        f"{one['source']} {one['papers'] if one['papers'] is not None else one['reason']}" for one in counts
    )


def _count(edition: Edition, night: Night, source: str, found: Counted | SourceError) -> dict[str, Any]:
    """Return one list as a row of `venue_count`: how many it holds, or why it does not say."""
    row: dict[str, Any] = {"source": source, "counted_at": night.now, **dict.fromkeys(("papers", "told", "reason"))}
    if isinstance(found, Counted):
        answer = found.answer
        return row | {"papers": found.papers, "url": answer and answer.url, "raw_sha256": answer and answer.sha256}
    if isinstance(found, BrokenOffError):
        row |= {"papers": found.papers, "told": found.told}
    return row | {"reason": str(found.reason), "detail": f"{edition.id}: {found}"}


def _papers(edition: Edition, papers: Sequence[Paper], night: Night) -> Iterator[Rows]:
    """Tell the papers and what their own entries say of code, and go on with them tonight."""
    key = {"venue": edition.venue, "year": edition.year}
    known = {one.id: Known(one.id, one.place(edition)) for one in papers}
    told = [link for one in papers for link in said_by(one, night.asking)]
    for link in told:
        known[link.paper_id].add(link)
    night.papers[edition.id] = in_order(known.values())
    rows = (
        key | {"paper_id": one.id, "title": one.title, "track": one.group, "place": known[one.id].place}
        for one in papers
    )
    yield Rows("accepted_paper", tuple(rows))
    yield Rows("paper_link", tuple(link.row(edition) for link in told))


def bring_index(edition: Edition, titles: Mapping[str, str], night: Night) -> Iterator[Rows]:
    """Ask for the arXiv ids of a year's papers; `titles` are its normal titles by paper."""
    try:
        with one_answer():
            found, papers = arxiv_ids(edition, night.upstream)
    except SourceError as error:
        night.lose(f"the index of {edition.id}", error)
        yield _counts(edition, [_count(edition, night, "paperswithcode", error)])
        return
    night.indexed.add(edition.id)
    for paper in night.papers[edition.id]:
        paper.arxiv_id = paper.arxiv_id or found.get(titles.get(paper.id, ""))
    key = {"venue": edition.venue, "year": edition.year}
    known = (one for one in night.papers[edition.id] if one.arxiv_id)
    yield Rows("paper_arxiv", tuple(key | {"paper_id": one.id, "arxiv_id": one.arxiv_id} for one in known))
    yield _counts(edition, [_count(edition, night, "paperswithcode", Counted("paperswithcode", papers))])


def look_up(edition: Edition, night: Night) -> Iterator[Rows]:
    """Look up the papers that are next in the order of drawing, as far as tonight's look-ups go.

    An odd answer about one paper costs only that paper; where several are odd, or a host refuses, nobody is asked on.
    """
    found: list[Link] = []
    odd: list[Link] = []
    with ThreadPoolExecutor(night.upstream.max_concurrency) as pool:
        for asked in _rounds(sample(night.papers[edition.id])[1], night):
            answers = pool.map(_ask, *zip(*asked, strict=True), repeat(night.asking))
            for (paper, way), answer in zip(asked, answers, strict=True):
                if not isinstance(answer, SourceError):
                    found += answer
                    for link in answer:
                        paper.add(link)
                elif isinstance(answer, ConnectError | LimitError | RestrictedError | SetupError):
                    night.give_up(f"the links of {edition.id}", answer)
                else:
                    odd.append(Link(paper.id, way, night.now.date(), refusal=f"no answer: {answer.reason}"))
                    paper.add(odd[-1])
                    if len(odd) > MOST_ODD:
                        night.give_up(f"the links of {edition.id}", answer)
    told = found if len(odd) > MOST_ODD else [*found, *odd]
    if told:
        yield Rows("paper_link", tuple(one.row(edition) for one in told))


def _rounds(papers: Sequence[Known], night: Night) -> Iterator[list[tuple[Known, str]]]:
    """Yield which papers are asked about by which way: the first alone, then several at once until they lack none."""
    several = night.upstream.max_concurrency
    for some in (papers[:1], *(papers[start : start + several] for start in range(1, len(papers), several))):
        while asked := [(one, way) for one in some if (way := next(one.lacks(), None))][: night.lookups]:
            night.lookups -= len(asked)
            yield asked


def _ask(paper: Known, way: str, asking: Asking) -> list[Link] | SourceError:
    try:
        with one_answer():
            return LOOKUPS[way](paper.id, str(paper.arxiv_id), asking)
    except SourceError as error:
        return error


def read_code(names: Sequence[str], night: Night) -> Iterator[Rows]:
    """Read the repositories that are due: by GraphQL where there is a token, else a few by clones."""
    known = night.upstream.memory.get("code_verdicts", {})
    due = repositories_due(names, night.upstream.memory, night.now)
    if night.upstream.auth is None:
        yield from _verdicts(_cloned(due[:CLONED_A_NIGHT], night), "clone", night)
        return
    client = connect(night.upstream)
    old = {name: known[name]["commit_sha"] for name in pushes_due(names, night.upstream.memory, night.now.date())}
    try:
        with one_answer():
            due = due[:READ_A_NIGHT] + (pushed_since(client, old)[:READ_AGAIN_A_NIGHT] if old else [])
    except SourceError as error:
        night.lose("the heads of repositories", error)
    yield from _verdicts(read_repositories(client, list(dict.fromkeys(due))), "graphql", night)


def _cloned(due: Sequence[str], night: Night) -> Iterator[Seen]:
    if night.upstream.folder is None or night.upstream.http.is_replay:
        return
    folder = night.upstream.folder / "paper-code"
    shutil.rmtree(folder, ignore_errors=True)  # what a run that died left behind
    yield from clone_repositories(due, folder, night.upstream.web_url)


def _verdicts(found: Iterator[Seen], way: str, night: Night) -> Iterator[Rows]:
    """Tell what was read; what was read before GitHub fell silent is kept."""
    rows: list[dict[str, Any]] = []
    try:
        with one_answer():
            rows.extend(verdict_row(one, way, night.now) for one in found)
    except SourceError as error:
        night.lose("the repositories of papers", error)
    if rows:
        yield Rows("code_verdict", tuple(rows))


def is_off(error: SourceError) -> bool:
    """Return whether a host is not there at all, so that nothing more is asked of it tonight."""
    return isinstance(error, ConnectError)


def titles_of(papers: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the normal title of each paper by its id."""
    return {row["paper_id"]: normal(row["title"]) for row in papers}
