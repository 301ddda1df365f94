"""Papers of today: Hugging Face's daily papers, their repositories, and what the code of those imports.

A series of its own, never spliced to the frozen archive. A day is asked once, a week after it, when its repositories
are known; its papers and what their code came to are kept as facts, from which shares are derived. The first night
reads a month, and every fourth day of seven months before, so that a trend can be told; a later one as many days as one
query of GitHub can ask the trees of. Without a token a night clones a few repositories, and the next ones go on.
"""

import logging
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, cast

from catalog.code_state import CodeState
from catalog.frameworks import asked_packages, dependency_files, frameworks_of
from catalog.metric import METRICS
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, IncompleteError, ServerFaultError, SourceError
from collectors.github_api.client import connect
from collectors.missing import Cell, missing
from collectors.paper_code.clones import clone_repositories
from collectors.paper_code.repositories import TEXTS_A_QUERY, TREES_A_QUERY, Seen, read_repositories
from collectors.paper_code.rows import verdict_row
from collectors.reading import one_answer
from collectors.source import Address, Cost, Source
from collectors.transport.payload import each, need, text
from collectors.transport.status import is_page
from collectors.upstream import Found, Memory, Upstream

log = logging.getLogger(__name__)

DAYS_READ = METRICS["papers.days_read"]
SHARES = tuple(
    METRICS[f"papers.{what}"]
    for what in (
        *("share_365d", "share_slope_pp", "import_share", "import_slope"),
        *("share_365d_manifests", "share_slope_pp_manifests", "import_share_manifests", "import_slope_manifests"),
    )
)
AT_VENUES = (METRICS["papers.venue_share"], *(one for one in METRICS.values() if one.source == "papers" and one.yearly))
LAG = timedelta(days=7)
HISTORY_DAYS = 730
DAYS_A_NIGHT = 30
FIRST_NIGHT = (*range(DAYS_A_NIGHT), *range(DAYS_A_NIGHT, 240, 4))  # days back; by fours no weekday is left out
DAYS_A_QUERY = 3  # about
PAPERS_A_PAGE = 100
MOST_PAGES = 10
QUERIES_A_NIGHT = 1  # for trees of new days, of a night that has not to begin
UNREAD_A_NIGHT = 80  # repositories of days that are known, until none is left
CLONED_A_NIGHT = 20
FILES_A_REPOSITORY = 22  # about
LISTED_AT_LEAST = 10  # papers: of so many, one has a repository
Listed = Mapping[str, str | None]
ODD = (ChangedError, GoneError, IncompleteError, ServerFaultError)
"""What is wrong with one answer, and says nothing of the next."""
ON_GITHUB = re.compile(r"(?:https?://)?(?:www\.)?github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?(?:[?#].*|/.*)?")


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Read the days that are due, and repositories that were not read yet; shares follow from what came."""
    days = due_days(upstream.memory.get("papers", {}), valid_at.date())
    read, asked, lost = 0, set[str](), list[SourceError]()
    try:
        most = QUERIES_A_NIGHT if upstream.memory.get("papers") else len(days)
        with one_answer():
            for some in islice(_together(upstream, days, lost), most):
                names = _names(some)
                seen = _read(upstream, names) if upstream.auth is not None else {}
                yield Rows("paper", tuple(_rows_of(some, seen)))
                yield from _verdicts(seen.values(), "graphql", valid_at)
                read += len(some)
                asked.update(names)
            yield from _unread(upstream, asked, valid_at)
        if lost and not read:
            raise lost[0]
    except SourceError as error:
        yield from missing(subjects, [DAYS_READ], valid_at, error)
        return
    for subject in subjects:
        yield DAYS_READ.of(subject.id, valid_at, read)


def _read(upstream: Upstream, names: Sequence[str]) -> dict[str, Seen]:
    return {one.repository: one for one in read_repositories(connect(upstream), names)} if names else {}


def _unread(upstream: Upstream, asked: set[str], now: datetime) -> Iterator[Rows]:
    """Read some of the repositories whose days are known: by GraphQL what is not read yet, without a token a few."""
    known = upstream.memory.get("papers_unread", {})
    if upstream.auth is not None:
        due = [name for name in known if name not in asked][:UNREAD_A_NIGHT]
        yield from _verdicts(_read(upstream, due).values(), "graphql", now)
    elif upstream.folder is not None and not upstream.http.is_replay:
        due = list(dict.fromkeys([*sorted(asked), *known]))[:CLONED_A_NIGHT]
        cloned = clone_repositories(due, upstream.folder / "git", upstream.web_url)
        yield from _verdicts(cloned, "clone", now)


def _verdicts(seen: Iterable[Seen], way: str, now: datetime) -> Iterator[Rows]:
    """Tell what was read; where it breaks off, what came until then."""
    rows: list[dict[str, Any]] = []
    try:
        rows.extend(verdict_row(one, way, now) for one in seen)
    except SourceError:
        yield Rows("code_verdict", tuple(rows))
        raise
    yield Rows("code_verdict", tuple(rows))


def due_days(known: Mapping[str, Any], today: date) -> list[date]:
    """Return the days that were never read, the newest first; on the first night a month and samples before it."""
    newest = today - LAG
    if not known:
        return [newest - timedelta(days=back) for back in FIRST_NIGHT]
    wanted = (newest - timedelta(days=back) for back in range(HISTORY_DAYS))
    return [day for day in wanted if day.isoformat() not in known][:DAYS_A_NIGHT]


def _together(upstream: Upstream, days: Sequence[date], lost: list[SourceError]) -> Iterator[dict[date, Listed]]:
    """Yield the lists of days, as many together as one query can ask the repositories of.

    A day of which the Hub does not tell is `lost` and costs no other; where it tells no more at all, what came counts.
    """
    some: dict[date, Listed] = {}
    for day in days:
        try:
            with one_answer():
                listed = _list(upstream, day)
        except ODD as error:
            log.warning("papers: the list of %s: %s; next: %s", day, error, error.next_step)
            lost.append(error)
            continue
        except SourceError:
            yield from filter(None, [some])
            raise
        if some and len(_names({**some, day: listed})) > TREES_A_QUERY:
            yield some
            some = {}
        some[day] = listed
    if some:
        yield some


def _list(upstream: Upstream, day: date) -> Listed:
    """Return the papers of a day with their repositories; where the list tells none, their own pages may."""
    papers = _papers(upstream, day)
    if len(papers) >= LISTED_AT_LEAST and not any("githubRepo" in one for one in papers.values()):
        with ThreadPoolExecutor(upstream.max_concurrency) as pool:
            papers = dict(zip(papers, pool.map(partial(_page, upstream), papers), strict=True))
    return {paper: full_name(one.get("githubRepo")) for paper, one in papers.items()}


def _papers(upstream: Upstream, day: date) -> dict[str, Mapping[str, Any]]:
    """Return the papers of a day, page by page: behind a full one another may follow."""
    papers: dict[str, Mapping[str, Any]] = {}
    for page in range(MOST_PAGES):
        more: dict[str, Any] = {"p": page} if page else {}
        payload, _ = upstream.http.json(
            f"{upstream.base_url}/api/daily_papers", date=day.isoformat(), limit=PAPERS_A_PAGE, **more
        )
        found = {text(one, "paper", "id"): one["paper"] for one in each(payload)}
        if found and found.keys() <= papers.keys():  # the server knows of no pages
            break
        papers |= found
        if len(payload) < PAPERS_A_PAGE:
            return papers
    raise IncompleteError(f"the list of papers of {day} has no end after {len(papers):,}")


def _page(upstream: Upstream, paper_id: str) -> Mapping[str, Any]:
    """Return what the page of a paper tells; nothing of one that was taken down since it was listed."""
    try:
        paper, _ = upstream.http.json(f"{upstream.base_url}/api/papers/{paper_id}")
    except GoneError as error:
        if is_page(error):
            raise
        return {}
    need(paper, "id")
    return cast("Mapping[str, Any]", paper)


def _names(some: Mapping[date, Listed]) -> list[str]:
    return sorted({name for listed in some.values() for name in listed.values() if name})


def _rows_of(some: Mapping[date, Listed], seen: Mapping[str, Seen]) -> Iterator[dict[str, Any]]:
    """Yield a row for each paper, with what the dependency files at its repository's root ask for."""
    for day, papers in some.items():
        if not papers:
            yield {"listed_on": day, **dict.fromkeys(("paper_id", "repository", "frameworks", "packages"))}
        for paper, name in papers.items():
            asked = _packages(seen.get(name)) if name else None
            both = {"frameworks": _joined(None if asked is None else frameworks_of(asked)), "packages": _joined(asked)}
            yield {"listed_on": day, "paper_id": paper, "repository": name, **both}


def _joined(names: set[str] | None) -> str | None:
    return None if names is None else ",".join(sorted(names))


def _packages(seen: Seen | None) -> set[str] | None:
    """Return what the root's dependency files ask for; None for a repository that was not read, or is gone."""
    if seen is None or seen.verdict.state in {CodeState.GONE, CodeState.UNREADABLE}:
        return None
    return asked_packages({name: text for name, text in seen.manifests.items() if name in dependency_files()})


def full_name(url: Any) -> str | None:
    """Return owner/name of a GitHub address; None for anything else."""
    found = ON_GITHUB.fullmatch(url.strip()) if isinstance(url, str) else None
    return f"{found[1]}/{found[2]}" if found else None


def turns(subjects: Sequence[Subject], _memory: object, _now: object) -> Iterator[Cell]:
    """Yield every subject: each night says how many days were read."""
    yield from ((one, DAYS_READ) for one in subjects)


def costs(subjects: Sequence[Subject], memory: Memory, has_token: bool) -> list[Cost]:  # noqa: FBT001 - the contract
    """Return the days of the first night; later a day, or a few while the past is read, and their repositories."""
    if not subjects:
        return []
    known = len(memory.get("papers", {}))
    days = len(FIRST_NIGHT) if not known else DAYS_A_QUERY if known < HISTORY_DAYS - DAYS_A_NIGHT else 1
    if not has_token:
        return [Cost("hugging face", days), Cost("git clones", CLONED_A_NIGHT)]
    groups = QUERIES_A_NIGHT if known else len(FIRST_NIGHT)
    unread = min(len(memory.get("papers_unread", {})), UNREAD_A_NIGHT)
    queries = groups * _queries(TREES_A_QUERY) + _queries(unread)
    return [Cost("hugging face", days), Cost("github graphql", queries)]


def _queries(repositories: int) -> int:
    """Return how many queries so many repositories take: for their trees, and for the texts of their files."""
    return math.ceil(repositories / TREES_A_QUERY) + math.ceil(repositories * FILES_A_REPOSITORY / TEXTS_A_QUERY)


source = Source(
    "papers",
    collect,
    (),
    costs,
    sometimes=(DAYS_READ, *SHARES, *AT_VENUES),
    address=Address("huggingface_url", "https://huggingface.co"),
    asks_github=True,
    turns=turns,
)
