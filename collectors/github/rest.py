"""GitHub's REST calls: a repository's counters, and the number of its contributors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalog.metric import METRICS, Metric
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.github.identities import Identities
from collectors.github.signs import SIGNS, read_signs
from collectors.github_api.client import FETCHED_AT, Client, evidence_of
from collectors.github_api.identity import REPOSITORY_ID, check_identity, name_of
from collectors.github_api.rest import ask_rest, read_last_page
from collectors.reading import Unread, counted
from collectors.transport.payload import need

REST_COUNTERS: dict[Metric, tuple[str, ...]] = {
    METRICS["github.stars"]: ("stargazers_count",),
    METRICS["github.forks"]: ("forks_count",),
    METRICS["github.watchers"]: ("subscribers_count",),
}
CONTRIBUTORS = METRICS["github.contributors"]
REST_METRICS = (*REST_COUNTERS, REPOSITORY_ID, *SIGNS)


def ask_repository(client: Client, subject: Subject, who: Identities) -> list[Observation | Unread]:
    """Ask for a repository's counters, and note in `who` under which name it answered."""
    headers, payload = who.ask(client, subject)
    return read_rest_repository(payload, subject, headers)


def read_rest_repository(payload: Any, subject: Subject, headers: Mapping[str, str]) -> list[Observation | Unread]:
    """Read the counters that REST gives; open_issues_count is left alone, it mixes in pull requests."""
    check_identity(need(payload, "id"), subject.github, subject.github_id)
    fetched_at = datetime.fromisoformat(headers[FETCHED_AT])
    evidence = evidence_of(headers, name_of(payload.get("full_name"), subject.github))
    found = {**REST_COUNTERS, REPOSITORY_ID: ("id",)}
    return [
        *(counted(metric, subject, fetched_at, payload, path, **evidence) for metric, path in found.items()),
        *read_signs(payload, ("archived", "pushed_at"), subject, fetched_at, None, **evidence),
    ]


def ask_contributors(client: Client, subject: Subject) -> Observation:
    """Ask how many contributors there are, anonymous ones included: one a page, and the number of the last page."""
    headers, payload = ask_rest(client, f"/repos/{subject.github}/contributors?anon=1&per_page=1")
    fetched_at = datetime.fromisoformat(headers[FETCHED_AT])
    total = read_last_page(headers, payload)
    return CONTRIBUTORS.of(subject.id, fetched_at, total, **evidence_of(headers, subject.github))
