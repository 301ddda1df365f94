"""Downloads from PyPI without mirrors, through pypistats."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from catalog.metric import METRICS
from catalog.moments import midnight
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, IncompleteError, SourceError
from collectors.past import Lacking, Past, Step
from collectors.source import Address, Source, ask_each, one_each
from collectors.transport.archive import Answer
from collectors.transport.payload import count, each, need
from collectors.upstream import Found, Memory, Upstream

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
    counted = {day: downloads for day, downloads in read_days(payload).items() if day < today}
    if not counted:
        raise IncompleteError(f"pypistats counts no day of {subject.pypi} without mirrors")
    last = max(counted)
    return _sum(counted, subject, answer, datetime(last.year, last.month, last.day) + DAY)  # noqa: DTZ001 - naive UTC


def read_days(payload: Any) -> dict[date, float]:
    """Read the downloads of each day, mirrors excluded; a day that is odd is a hole, unless all of them are.

    So is a day that is told twice with different numbers.
    """
    told: dict[date, set[float]] = {}
    odd: SourceError | None = None
    for row in each(payload, "data"):
        try:
            if need(row, "category") == "without_mirrors":
                day, downloads = _day(need(row, "date")), count(row, "downloads")
                told.setdefault(day, set()).add(downloads)
        except ChangedError as error:
            odd = error
    if odd and not told:
        raise odd
    return {day: numbers.pop() for day, numbers in told.items() if len(numbers) == 1}


def _sum(counted: Mapping[date, float], subject: Subject, answer: Answer, end: datetime) -> Observation:
    """Sum the 30 days before a midnight."""
    wanted = [end.date() - number * DAY for number in range(1, DAYS + 1)]
    if lacking := [day for day in wanted if day not in counted]:
        raise IncompleteError(f"pypistats lacks {len(lacking)} of the last {DAYS} days of {subject.pypi}")
    total = sum(counted[day] for day in wanted)
    return DOWNLOADS.of(subject.id, end, total, method="exact", url=answer.url, raw_sha256=answer.sha256)


def _steps(subjects: Sequence[Subject], lacking: Lacking, _memory: Memory, _now: datetime) -> Iterator[Step]:
    for subject in subjects:
        if days := lacking.get((subject.id, DOWNLOADS.name)):
            yield Step("pypi", "days", (subject,), tuple(days), "pypistats", 1)


def _ask_past(step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
    """Yield every day whose 30 days are all counted; pypistats keeps half a year."""
    subject = step.subjects[0]
    payload, answer = upstream.http.json(f"{upstream.base_url}/packages/{subject.pypi}/overall", mirrors="false")
    counted = read_days(payload)
    told = [day for day in step.days if all(day.date() - number * DAY in counted for number in range(1, DAYS + 1))]
    if not told:
        raise IncompleteError(f"pypistats lacks the days of {subject.pypi}")
    yield [_sum(counted, subject, answer, day) for day in told]


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ChangedError(f"{text!r} is not a day") from None


source = Source(
    "pypi",
    collect,
    (DOWNLOADS,),
    one_each("pypistats"),
    Past(_steps, _ask_past),
    address=Address("pypistats_url", "https://pypistats.org/api"),
)
