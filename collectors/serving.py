"""Managed clouds: how many of them list a container for the framework in their public repositories.

See docs/facts.md#facts.

A listing that names no framework at all has changed its form: then the number is unknown, never lower.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from catalog.listings import Listing, listings
from catalog.metric import METRICS
from catalog.subject import Subject
from collectors.errors import ChangedError, NoTokenError, SourceError
from collectors.github_api.client import GITHUB, Client, connect
from collectors.github_api.files import list_paths, read_texts
from collectors.missing import Cell, missing
from collectors.reading import one_answer
from collectors.source import Cost, Source
from collectors.transport.turns import RARE, is_due
from collectors.upstream import Found, Memory, Upstream

CLOUDS = METRICS["serving.managed_clouds"]
NIGHTS = RARE[CLOUDS.name]


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Ask every listing once in seven nights."""
    if not list(turns(subjects, upstream.memory, valid_at)):
        return
    try:
        if upstream.auth is None:
            raise NoTokenError("one of the listings is read by GraphQL, which needs a token")
        client = connect(upstream)
        with one_answer():
            offered = {one.cloud: read_listing(one, _texts(client, one)) for one in listings()}
    except SourceError as error:
        yield from missing(subjects, [CLOUDS], valid_at, error)
        return
    for subject in subjects:
        clouds = clouds_of(subject, offered)
        yield CLOUDS.of(subject.id, valid_at, len(clouds), n=len(offered), url=f"{upstream.web_url}/{_listed(clouds)}")


def _texts(client: Client, listing: Listing) -> Sequence[str]:
    if listing.file is None:
        return list_paths(client, listing.repository)
    return [text for _, text in read_texts(client, listing.repository, [listing.file]) if text]


def read_listing(listing: Listing, texts: Sequence[str]) -> set[str]:
    """Return the frameworks that a listing names; raise ChangedError where it names none at all."""
    found: set[str] = set().union(*(listing.names_in(text) for text in texts))
    if not found:
        raise ChangedError(f"the listing of {listing.cloud} in {listing.repository} names no framework any more")
    return found


def clouds_of(subject: Subject, offered: Mapping[str, set[str]]) -> list[str]:
    """Return the clouds that offer the subject under one of its names."""
    wanted = {name.lower() for name in subject.container_names}
    return [cloud for cloud, names in offered.items() if wanted & names]


def _listed(clouds: Sequence[str]) -> str:
    """Return the repository of the first cloud that offers it, else of the first that was looked at."""
    listing = next((one for one in listings() if one.cloud in clouds), listings()[0])
    return listing.repository


def turns(subjects: Sequence[Subject], memory: Memory, now: datetime) -> Iterator[Cell]:
    """Yield every subject on the night of its turn: all are told together."""
    known = memory.get(CLOUDS.name, {})
    if any(is_due(one, known, NIGHTS, now) for one in subjects):
        yield from ((one, CLOUDS) for one in subjects)


def costs(subjects: Sequence[Subject], _memory: object, _has_token: object) -> list[Cost]:
    """Take one call a listing, once in seven nights."""
    return [Cost("github core", len(listings()) if subjects else 0)]


source = Source("serving", collect, (), costs, sometimes=(CLOUDS,), address=GITHUB, asks_github=True, turns=turns)
