"""Which issues to ask for by number tonight: those whose closes a rate needs, and some of those that may be gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.github.issue_closes import Wanted
from collectors.upstream import Found

COHORTS = timedelta(days=121)
COUNTERS = {METRICS["github.open_issues"].name, METRICS["github.issues_closed_ever"].name}
Row = Mapping[str, Any]


def questions(
    subjects: Sequence[Subject],
    memory: Mapping[str, Mapping[str, Any]],
    tonight: Sequence[Found],
    until: datetime,
    most: int,
) -> list[Wanted]:
    """Return at most so many issues; a quarter of them is left to those that may be gone.

    `tonight` is what GitHub has told of the subjects tonight, `until` the midnight before.
    """
    fresh = [row for one in tonight if isinstance(one, Rows) and one.table == "issue" for row in one.rows]
    walked: dict[str, list[Row]] = {one.id: [] for one in subjects}
    for row in fresh:
        walked[row["subject"]].append(row)
    closes = [_without_closes(one, memory, walked[one.id], until - COHORTS) for one in subjects]
    lost = [_to_look_for(one, memory, walked[one.id], _total(one, tonight)) for one in subjects]
    look = _in_turn(lost)[: most // 4]
    chosen = [*_in_turn(closes)[: most - len(look)], *look]
    return list({(subject.id, number): (subject, number) for subject, number in chosen}.values())


def _without_closes(
    subject: Subject, memory: Mapping[str, Mapping[str, Any]], walked: Sequence[Row], since: datetime
) -> list[Wanted]:
    """Return the closed issues of the cohorts whose closes are not known: tonight's, then those that are left over."""
    numbers = [row["number"] for row in walked if row["created_at"] >= since and _was_closed(row)]
    left_over = memory.get("issues_without_closes", {}).get(subject.id, [])
    return [(subject, number) for number in dict.fromkeys([*sorted(numbers, reverse=True), *left_over])]


def _was_closed(row: Row) -> bool:
    is_closed = row["closed_at"] is not None or row["state_reason"] == "REOPENED"
    return bool(is_closed and row["author_kind"] != "bot")


def _to_look_for(
    subject: Subject, memory: Mapping[str, Mapping[str, Any]], walked: Sequence[Row], total: float | None
) -> list[Wanted]:
    """Return issues to look for, where more are stored than GitHub counts."""
    since, stored = (memory.get(name, {}).get(subject.id) for name in ("issues", "issues_stored"))
    if total is None or since is None or stored is None:
        return []
    new = len({row["number"] for row in walked if row["created_at"] > since})
    numbers = memory.get("issues_to_look_for", {}).get(subject.id, [])
    return [(subject, number) for number in numbers] if stored + new > total else []


def _total(subject: Subject, tonight: Sequence[Found]) -> float | None:
    found = {
        one.metric: one.value
        for one in tonight
        if isinstance(one, Observation) and one.subject == subject.id and one.metric in COUNTERS
    }
    values = [value for value in found.values() if value is not None]
    return sum(values) if len(values) == len(COUNTERS) else None


def _in_turn(lists: Sequence[Sequence[Wanted]]) -> list[Wanted]:
    """Return the first of each, then the second of each, so that no subject waits for another."""
    longest = max(map(len, lists), default=0)
    return list(chain.from_iterable((one[place] for one in lists if place < len(one)) for place in range(longest)))
