"""MLPerf Training: which frameworks the systems of the newest round name: adoption by vendors, not speed.

The descriptions are free text, and some are no valid JSON: what can be read is read, and what cannot is counted.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from catalog.metric import METRICS
from catalog.mlperf import rounds
from catalog.moments import naive_utc
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, IncompleteError, NoTokenError, SourceError
from collectors.github_api.client import GITHUB, Client, connect
from collectors.github_api.files import list_paths, read_texts
from collectors.github_api.rest import ask_rest
from collectors.missing import Cell, missing
from collectors.reading import one_answer
from collectors.source import Cost, Source
from collectors.transport.links import links_of
from collectors.transport.payload import each, need
from collectors.transport.turns import RARE, is_due
from collectors.upstream import GITHUB_WEB, Found, Memory, Upstream

SHARE = METRICS["mlperf.system_share"]
SYSTEMS = METRICS["mlperf.systems"]
NIGHTS = RARE[SYSTEMS.name]
REPOSITORIES_A_PAGE = 100
MOST_PAGES = 20
CALLS = 4
FRAMEWORK = re.compile(r'"framework"\s*:\s*"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Round:
    """One round: its version, its repository, and the day on which it was published."""

    version: tuple[int, ...]
    repository: str
    published_at: datetime
    web_url: str = GITHUB_WEB

    @property
    def url(self) -> str:
        """Where its results can be looked up."""
        return f"{self.web_url}/{self.repository}"


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Ask once in 30 nights for the newest round and its systems."""
    if not list(turns(subjects, upstream.memory, valid_at)):
        return
    try:
        if upstream.auth is None:
            raise NoTokenError("the systems of a round are read by GraphQL, which needs a token")
        with one_answer():
            yield from _newest(upstream, subjects, valid_at)
    except SourceError as error:
        yield from missing(subjects, [SYSTEMS], valid_at, error)


def _newest(upstream: Upstream, subjects: Sequence[Subject], valid_at: datetime) -> Iterator[Observation]:
    client = connect(upstream)
    found = replace(newest_round(_repositories(client)), web_url=upstream.web_url)
    paths = [path for path in list_paths(client, found.repository) if rounds().systems.search(path)]
    texts = [read_framework(text) for _, text in read_texts(client, found.repository, paths)]
    yield from shares(texts, subjects, found)
    for subject in subjects:
        yield SYSTEMS.of(subject.id, valid_at, len(texts), url=found.url)


def _repositories(client: Client) -> Iterator[Mapping[str, Any]]:
    path = f"/orgs/{rounds().organisation}/repos?sort=created&direction=desc&per_page={REPOSITORIES_A_PAGE}"
    for page in range(1, MOST_PAGES + 1):
        headers, payload = ask_rest(client, f"{path}&page={page}")
        yield from each(payload)
        if "next" not in links_of(headers):
            return
    raise IncompleteError(f"the list of {rounds().organisation}'s repositories has no end after {MOST_PAGES} pages")


def newest_round(repositories: Iterable[Mapping[str, Any]]) -> Round:
    """Return the newest round; one that the table of days lacks is dated by the creation of its repository."""
    known = rounds()
    found = [
        Round(tuple(map(int, match[1].split("."))), str(need(one, "full_name")), _published(match[1], one))
        for one in repositories
        if (match := known.repository.fullmatch(str(need(one, "name"))))
    ]
    if not found:
        raise ChangedError(f"{known.organisation} has no repository of a training round")
    return max(found, key=lambda one: one.version)


def _published(version: str, repository: Mapping[str, Any]) -> datetime:
    if version in rounds().published:
        return datetime.combine(rounds().published[version], time.min)
    try:
        return naive_utc(datetime.fromisoformat(need(repository, "created_at")))
    except (TypeError, ValueError):
        raise ChangedError(f"the repository of round {version} has no day of creation") from None


def read_framework(text: str | None) -> str | None:
    """Return what a system's description says of its framework; None where it cannot be read."""
    if text is None:
        return None
    try:
        found = json.loads(text)["framework"]
    except (ValueError, KeyError, TypeError):
        plain = FRAMEWORK.search(text)
        found = plain[1] if plain else None
    return found if isinstance(found, str) and found.strip() else None


def shares(frameworks: Sequence[str | None], subjects: Iterable[Subject], found: Round) -> Iterator[Observation]:
    """Yield the share of systems that name each subject; lo and hi count none and all of the unreadable ones.

    Raise ChangedError where most of them cannot be read: then they tell of nobody.
    """
    if not frameworks:
        raise ChangedError(f"{found.repository} has no system descriptions")
    n, unread = len(frameworks), sum(text is None for text in frameworks)
    if unread > n / 2:
        raise ChangedError(f"{unread} of {n} system descriptions of {found.repository} name no framework")
    more = {"n": n, "method": "archived", "url": found.url}
    for subject in subjects:
        names = words(subject.mlperf_names)
        count = sum(text is not None and bool(names.search(text)) for text in frameworks)
        yield SHARE.of(subject.id, found.published_at, count / n, lo=count / n, hi=(count + unread) / n, **more)


def words(names: Sequence[str]) -> re.Pattern[str]:
    """Return the pattern of any of the names as a word of its own, whatever its case; a version may follow at once."""
    joined = "|".join(map(re.escape, names))
    return re.compile(rf"(?<![a-z0-9])(?:{joined})(?:(?![a-z0-9])|(?=v?[0-9]+\.[0-9]))", re.IGNORECASE)


def turns(subjects: Sequence[Subject], memory: Memory, now: datetime) -> Iterator[Cell]:
    """Yield every subject on the night of its turn: all are told together."""
    known = memory.get(SYSTEMS.name, {})
    if any(is_due(one, known, NIGHTS, now) for one in subjects):
        yield from ((one, SYSTEMS) for one in subjects)


def costs(subjects: Sequence[Subject], _memory: object, _has_token: object) -> list[Cost]:
    """Take a few calls once in 30 nights."""
    return [Cost("github core", CALLS if subjects else 0)]


source = Source("mlperf", collect, (), costs, sometimes=(SYSTEMS, SHARE), address=GITHUB, asks_github=True, turns=turns)
