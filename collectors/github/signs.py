"""Signs of life that come with a repository's counters: whether it is archived, and when somebody last pushed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors.errors import SourceError
from collectors.github_api.ages import age_d
from collectors.reading import Unread, figure
from collectors.transport.payload import flag, need

IS_ARCHIVED = METRICS["github.is_archived"]
PUSH_AGE = METRICS["github.last_push_age_d"]
SIGNS = (IS_ARCHIVED, PUSH_AGE)


def read_signs(
    payload: Mapping[str, Any],
    fields: tuple[str, str],
    subject: Subject,
    fetched_at: datetime,
    error: SourceError | None,
    **evidence: Any,
) -> list[Observation | Unread]:
    """Read both signs from the fields of the flag and of the push.

    A repository that nobody ever pushed to has no push; where the answer is not whole, `error` says why there is none.
    """
    archived, pushed = fields
    return [
        figure(IS_ARCHIVED, lambda: IS_ARCHIVED.of(subject.id, fetched_at, flag(payload, archived), **evidence)),
        figure(PUSH_AGE, lambda: _push_age(need(payload, pushed), subject, fetched_at, error, evidence)),
    ]


def _push_age(
    pushed: Any, subject: Subject, fetched_at: datetime, error: SourceError | None, evidence: Mapping[str, Any]
) -> Observation:
    if pushed is None:
        if error:
            raise error
        return PUSH_AGE.missing(subject.id, fetched_at, Reason.NOT_FOUND, **evidence)
    return PUSH_AGE.of(subject.id, fetched_at, age_d(pushed, "the last push was", fetched_at), **evidence)
