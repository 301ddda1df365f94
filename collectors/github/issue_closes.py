"""Single issues, asked for by number: when each was closed and reopened, or that it is gone.

A page of issues tells the last close only. To ask every issue for its timeline would double what a walk costs, so only
those are asked that a rate looks at and that were ever closed; a hundred of them cost a point.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import ChangedError, SourceError
from collectors.github.accounts import kind_of
from collectors.github.issue_pages import Ask, moment
from collectors.github_api.client import FETCHED_AT
from collectors.reading import one_answer
from collectors.transport.payload import need

log = logging.getLogger(__name__)

ISSUES_A_QUERY = 100
Wanted = tuple[Subject, int]


@dataclass(frozen=True, slots=True)
class Close:
    """One close of an issue; times are naive UTC, `reopened_at` is None where it stands."""

    closed_at: datetime
    reopened_at: datetime | None
    reason: str | None
    is_by_bot: bool


def ask_closes(ask: Ask, wanted: Sequence[Wanted]) -> Iterator[Rows]:
    """Ask for the issues, a hundred at once; what cannot be had is left for another night."""
    for start in range(0, len(wanted), ISSUES_A_QUERY):
        some = sorted(wanted[start : start + ISSUES_A_QUERY], key=lambda one: (one[0].id, one[1]))
        try:
            with one_answer():
                headers, payload = ask(closes_query(some), {})
                yield Rows("issue_asked", tuple(_read(payload, some, datetime.fromisoformat(headers[FETCHED_AT]))))
        except SourceError as error:
            left = len(wanted) - start
            log.warning("github: closes of %d issues are unknown: %s; next: %s", left, error, error.next_step)
            return


def closes_query(wanted: Sequence[Wanted]) -> str:
    """Return one query for issues of several repositories, in the order of their subjects."""
    repositories = []
    for place, (subject, some) in enumerate(_by_subject(wanted)):
        owner, name = subject.github.split("/")
        issues = " ".join(f"i{number}: issue(number: {number}) {{ ...issue_closes }}" for _, number in some)
        repositories.append(f'  r{place}: repository(owner: "{owner}", name: "{name}") {{ databaseId {issues} }}')
    body = "\n".join(["  rateLimit { cost remaining resetAt }", *repositories])
    return f"query closes {{\n{body}\n}}\n{_fragment()}"


def read_closes(node: Mapping[str, Any]) -> list[Close]:
    """Read the closes of an issue in order of time; each is undone by the reopening that follows it."""
    found: list[Close] = []
    for event in sorted(need(node, "timelineItems", "nodes"), key=lambda one: str(need(one, "createdAt"))):
        at = moment(need(event, "createdAt"))
        if need(event, "__typename") == "ClosedEvent":
            found.append(Close(at, None, need(event, "stateReason"), kind_of(need(event, "actor")) == "bot"))
        elif found and found[-1].reopened_at is None:
            found[-1] = Close(found[-1].closed_at, at, found[-1].reason, found[-1].is_by_bot)
    return found


def _read(payload: Mapping[str, Any], wanted: Sequence[Wanted], asked_at: datetime) -> Iterator[dict[str, Any]]:
    """Yield a row per issue that was told of; one that GitHub does not find in a repository that it has is gone."""
    gone = {tuple(one.get("path") or ())[:2] for one in payload.get("errors") or () if one.get("type") == "NOT_FOUND"}
    for place, (subject, some) in enumerate(_by_subject(wanted)):
        repository = payload["data"].get(f"r{place}")
        if not repository or subject.github_id not in {None, need(repository, "databaseId")}:
            continue
        for _, number in some:
            node, is_gone = repository.get(f"i{number}"), (f"r{place}", f"i{number}") in gone
            if node is None and not is_gone:
                continue
            row = {"subject": subject.id, "number": number, "asked_at": asked_at, "is_gone": node is None}
            try:
                with one_answer():
                    yield row | {"closes": [_row(one) for one in read_closes(node)] if node else []}
            except ChangedError as error:
                log.warning("github: %s #%d: %s; next: %s", subject.id, number, error, error.next_step)


def _row(close: Close) -> dict[str, Any]:
    return {name: getattr(close, name) for name in ("closed_at", "reopened_at", "reason", "is_by_bot")}


def _by_subject(wanted: Iterable[Wanted]) -> Iterator[tuple[Subject, list[Wanted]]]:
    for _, some in groupby(wanted, key=lambda one: one[0].id):
        listed = list(some)
        yield listed[0][0], listed


@cache
def _fragment() -> str:
    return files("collectors.github").joinpath("issue_closes.graphql").read_text(encoding="utf-8")
