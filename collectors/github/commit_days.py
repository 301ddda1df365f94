"""Commits of the windows before many past days of one repository, where its clone cannot be had: 25 days a point."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from catalog.observation import Observation
from catalog.subject import Subject
from collectors.git.commit_windows import WINDOWS
from collectors.github.issue_pages import Ask
from collectors.github_api.client import evidence_of
from collectors.github_api.graphql import errors_by_alias, head_of, whole_node_of
from collectors.github_api.identity import check_identity, name_of
from collectors.transport.payload import count, need

DAYS_A_QUERY = 25
SECOND = timedelta(seconds=1)


def ask_days(ask: Ask, subject: Subject, days: Sequence[datetime]) -> Iterator[list[Observation]]:
    """Yield the commits of the windows that end on these days (midnights, naive UTC), a page for 25 days."""
    for start in range(0, len(days), DAYS_A_QUERY):
        some = days[start : start + DAYS_A_QUERY]
        headers, payload = ask(days_query(subject, some), {})
        yield list(_read(payload, subject, some, headers))


def days_query(subject: Subject, days: Sequence[datetime]) -> str:
    """Return one query for the windows of some days; GitHub counts both ends in, so the last second stays out."""
    owner, name = subject.github.split("/")
    fields = "\n".join(
        f'      d{place}w{window}: history(since: "{_stamp(day - timedelta(days=window))}", '
        f'until: "{_stamp(day - SECOND)}") {{ totalCount }}'
        for place, day in enumerate(days)
        for window in WINDOWS
    )
    return (
        "query commit_days {\n  rateLimit { cost remaining resetAt }\n"
        f'  repository(owner: "{owner}", name: "{name}") {{\n    databaseId\n    nameWithOwner\n'
        f"    defaultBranchRef {{ target {{ ... on Commit {{\n{fields}\n    }} }} }}\n  }}\n}}"
    )


def _read(
    payload: Mapping[str, Any], subject: Subject, days: Sequence[datetime], headers: Mapping[str, str]
) -> Iterator[Observation]:
    repository = whole_node_of(payload, "repository", subject.github, errors_by_alias(payload))
    check_identity(need(repository, "databaseId"), subject.github, subject.github_id)
    head = head_of(repository, subject.github)
    evidence = evidence_of(headers, name_of(repository.get("nameWithOwner"), subject.github))
    for place, day in enumerate(days):
        for window, metric in WINDOWS.items():
            total = count(head, f"d{place}w{window}", "totalCount")
            yield metric.of(subject.id, day, total, method="exact", **evidence)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
