"""Read one repository of a GraphQL answer: its counters, its signs of life, its newest release, its commits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalog.metric import METRICS, Metric
from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors.errors import ChangedError, IncompleteError, SourceError
from collectors.git.commit_windows import WINDOWS
from collectors.github.signs import SIGNS, read_signs
from collectors.github_api.ages import age_d
from collectors.github_api.client import FETCHED_AT, evidence_of
from collectors.github_api.graphql import head_of
from collectors.github_api.identity import REPOSITORY_ID, check_identity, name_of
from collectors.reading import Unread, counted, figure
from collectors.transport.payload import need

COUNTERS: dict[Metric, tuple[str, ...]] = {
    METRICS["github.stars"]: ("stargazerCount",),
    METRICS["github.forks"]: ("forkCount",),
    METRICS["github.watchers"]: ("watchers", "totalCount"),
    METRICS["github.open_issues"]: ("openIssues", "totalCount"),
    METRICS["github.issues_closed_ever"]: ("closedIssues", "totalCount"),
}
RELEASE_AGE = METRICS["github.last_release_age_d"]
GRAPHQL_METRICS = (*COUNTERS, RELEASE_AGE, *WINDOWS.values(), REPOSITORY_ID, *SIGNS)


def cause_of(error: SourceError, told: SourceError | None) -> SourceError:
    """Return why something cannot be read: what GitHub says, where all we see is that something is not there."""
    return told if told and isinstance(error, (ChangedError, IncompleteError)) else error


def read_repository(
    node: Mapping[str, Any],
    subject: Subject,
    headers: Mapping[str, str],
    until: datetime,
    error: SourceError | None = None,
) -> list[Observation | Unread]:
    """Read one repository of a batch; refuse it when another one now bears the name.

    Where GitHub could not say all of it, `error` says why: then what is null was not told.
    """
    check_identity(need(node, "databaseId"), subject.github, subject.github_id)
    fetched_at = datetime.fromisoformat(headers[FETCHED_AT])
    evidence = evidence_of(headers, name_of(node.get("nameWithOwner"), subject.github))
    fields = {**COUNTERS, REPOSITORY_ID: ("databaseId",)}
    found = [
        *(counted(metric, subject, fetched_at, node, path, **evidence) for metric, path in fields.items()),
        *read_signs(node, ("isArchived", "pushedAt"), subject, fetched_at, error, **evidence),
        figure(RELEASE_AGE, lambda: _release_age(node, subject, fetched_at, error, evidence)),
        *read_windows(node, subject, until, evidence),
    ]
    return [replace(one, error=cause_of(one.error, error)) if isinstance(one, Unread) else one for one in found]


def read_windows(
    node: Mapping[str, Any], subject: Subject, until: datetime, evidence: Mapping[str, str]
) -> list[Observation | Unread]:
    """Read the commits of the windows that end at `until`."""
    try:
        head = head_of(node, subject.github)
    except SourceError as error:
        return [Unread(metric, error) for metric in WINDOWS.values()]
    return [
        counted(metric, subject, until, head, (f"days{days}", "totalCount"), method="exact", **evidence)
        for days, metric in WINDOWS.items()
    ]


def _release_age(
    node: Mapping[str, Any],
    subject: Subject,
    fetched_at: datetime,
    error: SourceError | None,
    evidence: Mapping[str, str],
) -> Observation:
    """Return the age of the newest release; where there is none, raise the error that may be why."""
    release = need(node, "latestRelease")
    if release is None:
        if error:
            raise error
        return RELEASE_AGE.missing(subject.id, fetched_at, Reason.NOT_FOUND, url=evidence["url"])
    age = age_d(need(release, "publishedAt"), "a release was published", fetched_at)
    return RELEASE_AGE.of(subject.id, fetched_at, age, **evidence)
