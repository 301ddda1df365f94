"""Many GitHub repositories in one GraphQL query: counters, and the commits of the windows that end at midnight."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files

from catalog.moments import midnight
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import (
    NoAnswerError,
    ServerFaultError,
    SourceError,
)
from collectors.git.commit_windows import WINDOWS
from collectors.github.first_pages import FirstPages
from collectors.github.identities import Identities
from collectors.github.repository import GRAPHQL_METRICS, cause_of, read_repository
from collectors.github_api.client import Client
from collectors.github_api.graphql import ServerHealth, ask_graphql, errors_by_alias, is_field_whole, node_of
from collectors.missing import Causes, missing
from collectors.reading import one_answer
from collectors.transport.payload import need

BATCH = 40


@dataclass(frozen=True)
class More:
    """What a batch asks of each repository besides its counters: a page, and its fragment.

    The answers come by subject in `found`; who answered, and why others did not, in `who`.
    """

    page: Callable[[Subject], str] = lambda _: ""
    fragment: str = ""
    found: FirstPages = field(default_factory=FirstPages)
    who: Identities = field(default_factory=Identities)


def ask_batches(
    client: Client, subjects: Sequence[Subject], valid_at: datetime, more: More | None = None
) -> Iterator[Observation]:
    """Ask for every repository's counters, many at once."""
    health = ServerHealth()
    for start in range(0, len(subjects), BATCH):
        yield from _batch(client, subjects[start : start + BATCH], valid_at, more or More(), health)


def _batch(
    client: Client, subjects: Sequence[Subject], valid_at: datetime, more: More, health: ServerHealth
) -> Iterator[Observation]:
    """Ask for many at once; after a fault of the server ask for half of them, down to one."""
    until = midnight(valid_at)
    try:
        if health.is_out:
            raise NoAnswerError("GitHub's GraphQL server fails at every question tonight")
        headers, payload = ask_graphql(client, repositories_query(subjects, more=more), window_variables(until))
        with one_answer():
            errors = errors_by_alias(payload)
        health.answered = True
    except SourceError as error:
        half = len(subjects) // 2
        if isinstance(error, ServerFaultError) and half:
            yield from _batch(client, subjects[:half], valid_at, more, health)
            yield from _batch(client, subjects[half:], valid_at, more, health)
            return
        health.failed_alone += isinstance(error, ServerFaultError)
        yield from _lost(subjects, valid_at, error, more)
        return
    causes = Causes()
    for number, subject in enumerate(subjects):
        try:
            with one_answer():
                node = node_of(payload, f"r{number}", subject.github, errors)
                more.who.see(subject, need(node, "databaseId"), node.get("nameWithOwner"))
                found = read_repository(node, subject, headers, until, errors.get(f"r{number}") or errors.get(""))
                if node.get("issues") and is_field_whole(payload, f"r{number}", "issues"):
                    more.found.keep(subject.id, node["issues"])
        except SourceError as error:
            yield from _lost([subject], valid_at, cause_of(error, errors.get(f"r{number}")), more)
        else:
            yield from causes.told(subject, found)
    yield from causes.missing(valid_at)


def _lost(subjects: Sequence[Subject], valid_at: datetime, error: SourceError, more: More) -> Iterator[Observation]:
    more.who.lost.update(dict.fromkeys((one.id for one in subjects), error))
    return missing(subjects, GRAPHQL_METRICS, valid_at, error)


def repositories_query(subjects: Sequence[Subject], more: More | None = None) -> str:
    """Return one query with an alias per repository, r0, r1, ..., each asked for the fields of repository.graphql."""
    fragment = files("collectors.github").joinpath("repository.graphql").read_text(encoding="utf-8")
    aliases = []
    for number, subject in enumerate(subjects):
        owner, repository = subject.github.split("/")
        fields = f"...repository {more.page(subject)}" if more else "...repository"
        aliases.append(f'  r{number}: repository(owner: "{owner}", name: "{repository}") {{ {fields} }}')
    variables = ", ".join(f"${end}: GitTimestamp!" for end in ("until", *(f"since{days}" for days in WINDOWS)))
    body = "\n".join(["  rateLimit { cost remaining resetAt }", *aliases])
    return f"query repositories({variables}) {{\n{body}\n}}\n{fragment}{more.fragment if more else ''}"


def window_variables(until: datetime) -> dict[str, str]:
    """Return the ends of the commit windows; GitHub counts both ends in, so the last second stays out."""
    stamp = "%Y-%m-%dT%H:%M:%SZ"
    since = {f"since{days}": (until - timedelta(days=days)).strftime(stamp) for days in WINDOWS}
    return {"until": (until - timedelta(seconds=1)).strftime(stamp), **since}
