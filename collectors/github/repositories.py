"""Many GitHub repositories in one GraphQL query: counters, and the commits of the windows that end at midnight."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from catalog.metric import METRICS, Metric
from catalog.moments import midnight, naive_utc
from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors.errors import (
    ChangedError,
    IncompleteError,
    NoAnswerError,
    ServerFaultError,
    SourceError,
)
from collectors.git.commit_windows import WINDOWS
from collectors.github.first_pages import FirstPages
from collectors.github.identities import Identities
from collectors.github.signs import SIGNS, read_signs
from collectors.github_api.client import FETCHED_AT, Client, evidence_of
from collectors.github_api.graphql import ServerHealth, ask_graphql, errors_by_alias, node_of
from collectors.github_api.identity import REPOSITORY_ID, check_identity
from collectors.reading import one_answer
from collectors.source import missing
from collectors.transport.payload import count, need

BATCH = 40
COUNTERS: dict[Metric, tuple[str, ...]] = {
    METRICS["github.stars"]: ("stargazerCount",),
    METRICS["github.forks"]: ("forkCount",),
    METRICS["github.watchers"]: ("watchers", "totalCount"),
    METRICS["github.open_issues"]: ("openIssues", "totalCount"),
    METRICS["github.issues_closed_ever"]: ("closedIssues", "totalCount"),
}
RELEASE_AGE = METRICS["github.last_release_age_d"]
GRAPHQL_METRICS = (*COUNTERS, RELEASE_AGE, *WINDOWS.values(), REPOSITORY_ID, *SIGNS)
DAY_S = 86_400


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
    for number, subject in enumerate(subjects):
        try:
            with one_answer():
                node = node_of(payload, f"r{number}", subject.github, errors)
                more.who.see(subject, need(node, "databaseId"), need(node, "nameWithOwner"))
                yield from read_repository(node, subject, headers, until, errors.get(f"r{number}"))
                if node.get("issues") and f"r{number}" not in errors:
                    more.found.keep(subject.id, node["issues"])
        except SourceError as error:
            yield from _lost([subject], valid_at, _cause(error, errors, number), more)


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


def _cause(error: SourceError, errors: Mapping[str, SourceError], number: int) -> SourceError:
    """Return why a repository cannot be read: what GitHub says of it, where a field that it lacks is all we see."""
    return errors.get(f"r{number}", error) if isinstance(error, ChangedError) else error


def read_repository(
    node: Mapping[str, Any],
    subject: Subject,
    headers: Mapping[str, str],
    until: datetime,
    error: SourceError | None = None,
) -> list[Observation]:
    """Read one repository of a batch; refuse it when another one now bears the name.

    Where GitHub could not say all of it, `error` says why: then what is null was not told.
    """
    check_identity(need(node, "databaseId"), subject.github, subject.github_id)
    fetched_at = datetime.fromisoformat(headers[FETCHED_AT])
    evidence = evidence_of(headers, need(node, "nameWithOwner"))
    found = [metric.of(subject.id, fetched_at, count(node, *path), **evidence) for metric, path in COUNTERS.items()]
    found.append(REPOSITORY_ID.of(subject.id, fetched_at, count(node, "databaseId"), **evidence))
    none = error.reason if error else Reason.NOT_FOUND
    found += read_signs(node, ("isArchived", "pushedAt"), subject, fetched_at, none, **evidence)
    release = need(node, "latestRelease")
    if release:
        found.append(_release_age(release, subject, fetched_at, evidence))
    else:
        found.append(RELEASE_AGE.missing(subject.id, fetched_at, none, url=evidence["url"]))
    return found + read_windows(node, subject, until, evidence)


def read_windows(
    node: Mapping[str, Any], subject: Subject, until: datetime, evidence: Mapping[str, str]
) -> list[Observation]:
    """Read the commits of the windows that end at `until`."""
    head = _head(node, subject)
    return [
        metric.of(subject.id, until, count(head, f"days{days}", "totalCount"), method="exact", **evidence)
        for days, metric in WINDOWS.items()
    ]


def _head(node: Mapping[str, Any], subject: Subject) -> Any:
    branch = need(node, "defaultBranchRef")
    if not branch:
        raise IncompleteError(f"{subject.github} has no default branch")
    return need(branch, "target")


def _release_age(
    release: Mapping[str, Any], subject: Subject, fetched_at: datetime, evidence: Mapping[str, str]
) -> Observation:
    text = need(release, "publishedAt")
    try:
        published_at = naive_utc(datetime.fromisoformat(text))
    except (TypeError, ValueError):
        raise ChangedError(f"a release was published at {text!r}; a time was expected") from None
    age_d = (fetched_at - published_at).total_seconds() / DAY_S
    return RELEASE_AGE.of(subject.id, fetched_at, max(0.0, age_d), **evidence)
