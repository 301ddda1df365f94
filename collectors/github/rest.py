"""GitHub's REST calls: a repository's counters, and the number of its contributors."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from github import Github, GithubException

from catalog.metric import METRICS, Metric
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError
from collectors.github_client import FETCHED_AT, FINGERPRINT, rest
from collectors.http import count, need

REST_COUNTERS: dict[Metric, tuple[str, ...]] = {
    METRICS["github.stars"]: ("stargazers_count",),
    METRICS["github.forks"]: ("forks_count",),
    METRICS["github.watchers"]: ("subscribers_count",),
}
CONTRIBUTORS = METRICS["github.contributors"]
REPOSITORY_ID = METRICS["github.repository_id"]
LAST_PAGE = re.compile(r'<[^>]*[?&]page=(\d+)[^>]*>; rel="last"')


def ask_repository(client: Github, subject: Subject) -> list[Observation]:
    """Ask for a repository's counters."""
    headers, payload = ask_rest(client, f"/repos/{subject.github}")
    return read_rest_repository(payload, subject, headers)


def read_rest_repository(payload: Any, subject: Subject, headers: Mapping[str, str]) -> list[Observation]:
    """Read the counters that REST gives; open_issues_count is left alone, it mixes in pull requests."""
    check_identity(need(payload, "id"), subject)
    fetched_at = datetime.fromisoformat(headers[FETCHED_AT])
    evidence = {"raw_sha256": headers[FINGERPRINT], "url": f"https://github.com/{need(payload, 'full_name')}"}
    found = {**REST_COUNTERS, REPOSITORY_ID: ("id",)}
    return [metric.of(subject.id, fetched_at, count(payload, *path), **evidence) for metric, path in found.items()]


def ask_contributors(client: Github, subject: Subject) -> Observation:
    """Ask how many contributors there are, anonymous ones included: one a page, and the number of the last page."""
    headers, payload = ask_rest(client, f"/repos/{subject.github}/contributors?anon=1&per_page=1")
    fetched_at = datetime.fromisoformat(headers[FETCHED_AT])
    total = read_last_page(headers, payload)
    url = f"https://github.com/{subject.github}"
    return CONTRIBUTORS.of(subject.id, fetched_at, total, url=url, raw_sha256=headers[FINGERPRINT])


def read_last_page(headers: Mapping[str, str], payload: Any) -> float:
    """Give the number of items of a list asked one a page: the number of its last page."""
    if not isinstance(payload, list) or not all(isinstance(one, Mapping) for one in payload):
        raise ChangedError("a list of objects was expected")
    last = LAST_PAGE.search(headers.get("link", ""))
    return float(last[1]) if last else float(len(payload))


def ask_rest(client: Github, path: str) -> tuple[Mapping[str, str], Any]:
    """Ask for a REST path; every failure is a SourceError."""
    return plainly(lambda: rest(client, path))


def plainly(ask: Callable[[], tuple[Mapping[str, str], Any]]) -> tuple[Mapping[str, str], Any]:
    """Turn what PyGithub raises of its own into what is wrong with the answer."""
    try:
        return ask()
    except GithubException as error:
        raise ChangedError(f"GitHub: {error.message or error}") from error
    except ValueError as error:
        raise ChangedError(f"GitHub sent no JSON: {error}") from error


def check_identity(found_id: Any, subject: Subject) -> None:
    """Refuse a repository that is not the one the catalog means; raise GoneError."""
    if subject.github_id is not None and found_id != subject.github_id:
        raise GoneError(f"{subject.github} is now another repository ({found_id}, not {subject.github_id})")
