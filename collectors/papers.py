"""Papers of today: Hugging Face's daily papers, their repositories, and the frameworks that those depend on.

A series of its own, never spliced to the frozen archive. A day is asked once, a week after it, when its repositories
are known; its papers are kept as facts, from which shares are derived. The first night reads a month, and every fourth
day of seven months before, so that a trend can be told; a later one as many days as one query of GitHub can ask the
repositories of.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from catalog.frameworks import asked_packages, dependency_files, frameworks_of
from catalog.metric import METRICS
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import NoTokenError, SourceError
from collectors.github_api.client import Client, connect
from collectors.github_api.graphql import ask_graphql
from collectors.reading import one_answer
from collectors.source import Address, Cell, Cost, Source, missing
from collectors.transport.payload import each, need
from collectors.upstream import Found, Upstream

DAYS_READ = METRICS["papers.days_read"]
SHARES = tuple(METRICS[f"papers.{what}"] for what in ("share_365d", "share_slope_pp", "import_share", "import_slope"))
LAG = timedelta(days=7)
HISTORY_DAYS = 730
DAYS_A_NIGHT = 30
FIRST_NIGHT = (*range(DAYS_A_NIGHT), *range(DAYS_A_NIGHT, 240, 4))  # days back; by fours no weekday is left out
DAYS_A_QUERY = 5  # about
PAPERS_A_DAY = 100
REPOSITORIES_A_QUERY = 50
QUERIES_A_NIGHT = 1  # of a night that has not to begin
Listed = Mapping[str, str | None]
ON_GITHUB = re.compile(r"(?:https?://)?(?:www\.)?github\.com/([\w.-]+)/([\w.-]+?)(?:\.git)?/?(?:[?#].*|/.*)?")


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Read the days that are due; shares follow only from a night on which all of them came."""
    days = due_days(upstream.memory.get("papers", {}), valid_at.date())
    try:
        if upstream.auth is None:
            raise NoTokenError("the dependencies of a repository are read by GraphQL, which needs a token")
        client, read = connect(upstream), 0
        most = QUERIES_A_NIGHT if upstream.memory.get("papers") else len(days)
        with one_answer():
            for some in islice(_together(upstream, days), most):
                yield Rows("paper", tuple(_rows_of(client, some)))
                read += len(some)
    except SourceError as error:
        yield from missing(subjects, [DAYS_READ], valid_at, error)
        return
    for subject in subjects:
        yield DAYS_READ.of(subject.id, valid_at, read)


def due_days(known: Mapping[str, Any], today: date) -> list[date]:
    """Return the days that were never read, the newest first; on the first night a month and samples before it."""
    newest = today - LAG
    if not known:
        return [newest - timedelta(days=back) for back in FIRST_NIGHT]
    wanted = (newest - timedelta(days=back) for back in range(HISTORY_DAYS))
    return [day for day in wanted if day.isoformat() not in known][:DAYS_A_NIGHT]


def _together(upstream: Upstream, days: Sequence[date]) -> Iterator[dict[date, Listed]]:
    """Yield the lists of days, as many together as one query can ask the repositories of."""
    some: dict[date, Listed] = {}
    for day in days:
        listed = _list(upstream, day)
        if some and len(_names({**some, day: listed})) > REPOSITORIES_A_QUERY:
            yield some
            some = {}
        some[day] = listed
    if some:
        yield some


def _list(upstream: Upstream, day: date) -> Listed:
    url = f"{upstream.base_url}/api/daily_papers"
    payload, _ = upstream.http.json(url, date=day.isoformat(), limit=PAPERS_A_DAY)
    papers = {str(need(one, "paper", "id")): one["paper"] for one in each(payload)}
    with ThreadPoolExecutor(upstream.max_concurrency) as pool:
        named = pool.map(partial(_repository, upstream), papers.values())
        return dict(zip(papers, named, strict=True))


def _names(some: Mapping[date, Listed]) -> list[str]:
    return sorted({name for listed in some.values() for name in listed.values() if name})


def _rows_of(client: Client, some: Mapping[date, Listed]) -> Iterator[dict[str, Any]]:
    found = _packages(client, _names(some))
    for day, papers in some.items():
        if not papers:
            yield {"listed_on": day, **dict.fromkeys(("paper_id", "repository", "frameworks", "packages"))}
        for paper, name in papers.items():
            named = found.get(name) if name else None
            both = {"frameworks": _joined(None if named is None else frameworks_of(named)), "packages": _joined(named)}
            yield {"listed_on": day, "paper_id": paper, "repository": name, **both}


def _joined(names: set[str] | None) -> str | None:
    return None if names is None else ",".join(sorted(names))


def _repository(upstream: Upstream, paper: Mapping[str, Any]) -> str | None:
    """Return the repository of a paper, from the list where it tells, else from the paper's own page."""
    if "githubRepo" not in paper:
        paper, _ = upstream.http.json(f"{upstream.base_url}/api/papers/{paper['id']}")
    return full_name(paper.get("githubRepo") if isinstance(paper, dict) else None)


def full_name(url: Any) -> str | None:
    """Return owner/name of a GitHub address; None for anything else."""
    found = ON_GITHUB.fullmatch(url.strip()) if isinstance(url, str) else None
    return f"{found[1]}/{found[2]}" if found else None


def _packages(client: Client, repositories: Sequence[str]) -> dict[str, set[str] | None]:
    """Return the packages that each repository asks for; None for one that is gone."""
    found: dict[str, set[str] | None] = {}
    for start in range(0, len(repositories), REPOSITORIES_A_QUERY):
        chunk = repositories[start : start + REPOSITORIES_A_QUERY]
        _, payload = ask_graphql(client, dependencies_query(chunk), {})
        for number, name in enumerate(chunk):
            found[name] = read_packages(need(payload, "data", f"r{number}"))
    return found


def dependencies_query(repositories: Iterable[str]) -> str:
    """Return one query for the dependency files of many repositories."""
    wanted = " ".join(
        f"f{number}: object(expression: {json.dumps(f'HEAD:{name}')}) {{ ... on Blob {{ text }} }}"
        for number, name in enumerate(dependency_files())
    )
    aliases = (
        f'r{number}: repository(owner: "{owner}", name: "{name}") {{ {wanted} }}'
        for number, (owner, name) in enumerate(one.split("/") for one in repositories)
    )
    return f"query dependencies {{ {' '.join(aliases)} }}"


def read_packages(repository: Mapping[str, Any] | None) -> set[str] | None:
    """Return the packages that a repository's dependency files ask for, by their plain names."""
    if repository is None:
        return None
    texts = {name: (repository.get(f"f{number}") or {}).get("text") for number, name in enumerate(dependency_files())}
    return asked_packages({name: text for name, text in texts.items() if text})


def turns(subjects: Sequence[Subject], _memory: object, _now: object) -> Iterator[Cell]:
    """Yield every subject: each night says how many days were read."""
    yield from ((one, DAYS_READ) for one in subjects)


def costs(subjects: Sequence[Subject], memory: Mapping[str, Mapping[str, Any]], _has_token: object) -> list[Cost]:
    """Return the days of the first night; later a day, or a few while the past is read, and one query."""
    known = len(memory.get("papers", {}))
    days = len(FIRST_NIGHT) if not known else DAYS_A_QUERY if known < HISTORY_DAYS - DAYS_A_NIGHT else 1
    queries = QUERIES_A_NIGHT if known else len(FIRST_NIGHT)
    return [Cost("hugging face", days), Cost("github graphql", queries)] if subjects else []


source = Source(
    "papers",
    collect,
    (),
    costs,
    sometimes=(DAYS_READ, *SHARES),
    address=Address("huggingface_url", "https://huggingface.co"),
    asks_github=True,
    turns=turns,
)
