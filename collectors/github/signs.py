"""Signs of life that come with a repository's counters: whether it is archived, and when somebody last pushed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from catalog.metric import METRICS
from catalog.moments import naive_utc
from catalog.observation import Observation, Reason
from catalog.subject import Subject

IS_ARCHIVED = METRICS["github.is_archived"]
PUSH_AGE = METRICS["github.last_push_age_d"]
SIGNS = (IS_ARCHIVED, PUSH_AGE)
DAY_S = 86_400


def read_signs(
    payload: Mapping[str, Any],
    fields: tuple[str, str],
    subject: Subject,
    fetched_at: datetime,
    none: Reason,
    **evidence: Any,
) -> Iterator[Observation]:
    """Yield both signs from the fields of the flag and of the push; what the answer does not tell is missing.

    A repository that nobody ever pushed to has no push; `none` is the reason that stands for one.
    """
    flag, pushed = (payload.get(name) for name in fields)
    if isinstance(flag, bool):
        yield IS_ARCHIVED.of(subject.id, fetched_at, flag, **evidence)
    else:
        yield IS_ARCHIVED.missing(subject.id, fetched_at, Reason.SCHEMA_CHANGED, **evidence)
    try:
        age = fetched_at - naive_utc(datetime.fromisoformat(pushed or ""))
    except (TypeError, ValueError):
        reason = none if fields[1] in payload and pushed is None else Reason.SCHEMA_CHANGED
        yield PUSH_AGE.missing(subject.id, fetched_at, reason, **evidence)
    else:
        yield PUSH_AGE.of(subject.id, fetched_at, max(0.0, age.total_seconds() / DAY_S), **evidence)
