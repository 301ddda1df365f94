"""Discourse forums: accounts, and accounts active in 30 days, from about.json of either generation."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors.errors import ChangedError
from collectors.reading import Unread, counted
from collectors.source import Source, ask_each, metrics_of, one_each
from collectors.transport.archive import Answer
from collectors.transport.payload import need
from collectors.upstream import Found, Upstream

USERS = METRICS["discourse.users"]
ACTIVE = METRICS["discourse.active_30d"]


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterable[Found]:
    """Ask each subject's forum about itself."""

    def ask(subject: Subject) -> list[Observation | Unread]:
        payload, answer = upstream.http.json(f"{subject.discourse_url}/about.json")
        return read_about(payload, subject, answer)

    return ask_each(subjects, ask, source.metrics, upstream, valid_at)


def read_about(payload: Any, subject: Subject, answer: Answer) -> list[Observation | Unread]:
    """Read the statistics; older servers say user_count, newer ones users_count, and old ones know no activity."""
    stats = need(payload, "about", "stats")
    if not isinstance(stats, dict):
        raise ChangedError("the forum's statistics are no object")
    spelling = "user_count" if stats.get("users_count") is None and "user_count" in stats else "users_count"
    evidence = {"url": answer.url, "raw_sha256": answer.sha256, "definition": f"forum_users@1:{spelling}"}
    users = counted(USERS, subject, answer.fetched_at, stats, (spelling,), **evidence)
    if not isinstance(users, Unread) and "active_users_30_days" not in stats:
        return [users, ACTIVE.missing(subject.id, answer.fetched_at, Reason.NOT_SUPPORTED, url=answer.url)]
    evidence.pop("definition")
    return [users, counted(ACTIVE, subject, answer.fetched_at, stats, ("active_users_30_days",), **evidence)]


source = Source("discourse", collect, metrics_of("discourse", "users", "active_30d"), one_each("discourse"))
