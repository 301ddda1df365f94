"""Downloads from PyPI without mirrors, through pypistats."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.archive import Answer
from collectors.errors import ChangedError, IncompleteError
from collectors.http import count, each, midnight, need
from collectors.source import Found, Source, Upstream, ask_each, one_each

DOWNLOADS = METRICS["pypi.downloads_30d"]
DAYS = 30
DAY = timedelta(days=1)


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterable[Found]:
    """Ask for each package's downloads a day."""

    def ask(subject: Subject) -> list[Observation]:
        payload, answer = upstream.http.json(f"{upstream.base_url}/packages/{subject.pypi}/overall", mirrors="false")
        return [read_overall(payload, subject, answer, valid_at)]

    return ask_each(subjects, ask, source.metrics, upstream, valid_at)


def read_overall(payload: Any, subject: Subject, answer: Answer, valid_at: datetime) -> Observation:
    """Sum the last 30 days that are counted; valid_at is the end of the last of them.

    The newest day may lag by two days; a hole in the 30 days raises IncompleteError, for a sum over it would be low.
    """
    today = midnight(valid_at).date()
    daily = {
        _day(need(row, "date")): count(row, "downloads")
        for row in each(payload, "data")
        if need(row, "category") == "without_mirrors"
    }
    counted = {day: downloads for day, downloads in daily.items() if day < today}
    if not counted:
        raise IncompleteError(f"pypistats counts no day of {subject.pypi} without mirrors")
    last = max(counted)
    wanted = [last - number * DAY for number in range(DAYS)]
    if lacking := [day for day in wanted if day not in counted]:
        raise IncompleteError(f"pypistats lacks {len(lacking)} of the last {DAYS} days of {subject.pypi}")
    end = datetime(last.year, last.month, last.day) + DAY  # noqa: DTZ001 - naive UTC everywhere
    total = sum(counted[day] for day in wanted)
    return DOWNLOADS.of(subject.id, end, total, method="exact", url=answer.url, raw_sha256=answer.sha256)


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ChangedError(f"{text!r} is not a day") from None


source = Source("pypi", collect, (DOWNLOADS,), one_each("pypistats"))
