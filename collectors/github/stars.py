"""Stars a day through stargazers/history: retained stars only, in days of Los Angeles, newest week first."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, IncompleteError, NotSupportedError, SourceError
from collectors.github_api.ages import OPENED
from collectors.github_api.client import FETCHED_AT, FINGERPRINT, evidence_of
from collectors.reading import Unread, one_answer
from collectors.transport.links import links_of, page_of
from collectors.transport.payload import count, need

GAINED = METRICS["github.stars_gained_1d"]
TODAY = METRICS["github.stars_gained_today"]
START = METRICS["github.stars_history_start"]
ZONE = ZoneInfo("America/Los_Angeles")
WEEKS_A_PAGE = 30
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
EPOCH = date(1970, 1, 1)
SUNDAY = 6

Ask = Callable[[str], tuple[Mapping[str, str], Any]]


@dataclass(frozen=True)
class Known:
    """What the warehouse has of a subject's history: its newest and oldest day, and whether it reaches the start.

    `page_sha256` is the page that told the newest day: while it stays the same, all that it tells has landed.
    """

    newest: date
    oldest: date
    is_whole: bool
    page_sha256: str | None = None


def history(ask: Ask, subject: Subject, known: Known | None, older_pages: int) -> Iterator[Observation | Unread]:
    """Yield the days that are new or may have changed: the newest page always, older ones where days are missing.

    `older_pages` bounds how many pages are walked tonight towards the beginning; the next night goes on from there,
    and so it does where one of them cannot be had. A page between the newest and what is known may not be left out.
    """
    headers, payload = _page(ask, subject, 1)
    if not payload:
        raise IncompleteError(f"the star history of {subject.github} is empty")
    newest_sunday, last, size = _sunday(payload[0]), _last_page(headers), _size(headers, payload)
    found, oldest = _read(subject, headers, payload, known)
    yield from found
    page = 1
    for page in pages_to_ask(newest_sunday, last, known, older_pages, size):
        try:
            with one_answer():
                headers, payload = _promised(ask, subject, page, last)
                found, first = _read(subject, headers, payload, known)
        except SourceError as error:
            if known and page <= _page_of(known.newest + DAY, newest_sunday, size):
                raise
            yield Unread(GAINED, error)
            return
        yield from found
        oldest = first or oldest
    if page >= last and is_last(headers) and not (known and known.is_whole):
        yield beginning(subject, oldest or newest_sunday)


def _promised(ask: Ask, subject: Subject, page: int, last: int) -> tuple[Mapping[str, str], list[Any]]:
    headers, payload = _page(ask, subject, page)
    if not payload:
        raise IncompleteError(f"page {page} of {last} of the star history of {subject.github} is empty")
    return headers, payload


def _read(
    subject: Subject, headers: Mapping[str, str], payload: list[Any], known: Known | None
) -> tuple[list[Observation], date | None]:
    """Return the days of a page, of one that has landed those since; and its first complete day, if it has one."""
    days = read_weeks(payload, datetime.fromisoformat(headers[FETCHED_AT]))
    landed = known.newest if known and known.page_sha256 == headers[FINGERPRINT] else None
    found = [_observe(subject, day, gained, headers) for day, gained in days if landed is None or day > landed]
    return [*found, *read_today(subject, payload, headers)], min((day for day, _ in days), default=None)


def past_pages(ask: Ask, subject: Subject, days: Collection[date], today: date) -> Iterator[list[Observation]]:
    """Give, page by page, the pages on which the days stand, the newest first, until they are had or it begins.

    `today` tells which page to ask for; where the newest week is another one, what came tells.
    """
    newest_sunday, size, left, asked = _sunday_before(today), WEEKS_A_PAGE, set(days), set[int]()
    while left:
        page = max(1, _page_of(max(left), newest_sunday, size))
        if page in asked:
            left.discard(max(left))
            continue
        asked.add(page)
        headers, payload = _page(ask, subject, page)
        if not payload:
            if page == 1:
                raise IncompleteError(f"the star history of {subject.github} is empty")
            return
        size = _size(headers, payload)
        newest_sunday = _sunday(payload[0]) + (page - 1) * size * WEEK
        oldest = min(map(_sunday, payload))
        told = read_weeks(payload, datetime.fromisoformat(headers[FETCHED_AT]))
        found = [_observe(subject, day, gained, headers) for day, gained in told]
        yield [
            *found,
            *read_today(subject, payload, headers),
            *([beginning(subject, oldest)] if is_last(headers) else []),
        ]
        if is_last(headers):
            return
        left -= {day for day, _ in told}


def pages_to_ask(
    newest_sunday: date, last: int, known: Known | None, older_pages: int, size: int = WEEKS_A_PAGE
) -> list[int]:
    """Return the pages after the first: those between it and what is known, then some of those behind what is known."""
    if known is None:
        return list(range(2, last + 1)[:older_pages])
    between = list(range(2, min(last, _page_of(known.newest + DAY, newest_sunday, size)) + 1))
    behind = [] if known.is_whole else range(_page_of(known.oldest - DAY, newest_sunday, size), last + 1)
    older = (page for page in behind if page > 1 and page not in between)
    return between + list(islice(older, older_pages))


def read_weeks(payload: list[Any], fetched_at: datetime) -> list[tuple[date, float]]:
    """Read the complete days of a page, newest week first; the current day of Los Angeles and later ones are left out.

    Raises IncompleteError when a week's days do not sum to its total.
    """
    today = fetched_at.replace(tzinfo=UTC).astimezone(ZONE).date()
    found = []
    for week in payload:
        days = need(week, "days")
        gained = [count(days, number) for number in range(7)]
        if sum(gained) != count(week, "total"):
            raise IncompleteError(f"the star history's week {need(week, 'week')} does not sum to its total")
        sunday = _sunday(week)
        if sunday > today + WEEK:
            raise ChangedError(f"a week of a star history begins on {sunday}, which has not come")
        found += [(sunday + number * DAY, gained[number]) for number in range(7) if sunday + number * DAY < today]
    return found


def read_today(subject: Subject, payload: Sequence[Any], headers: Mapping[str, str]) -> Iterator[Observation]:
    """Yield the stars of the Los Angeles day that had begun when the page was asked for, if it stands on the page."""
    today = datetime.fromisoformat(headers[FETCHED_AT]).replace(tzinfo=UTC).astimezone(ZONE).date()
    for week in payload:
        number = (today - _sunday(week)).days
        if 0 <= number < len(need(week, "days")):
            yield TODAY.of(
                subject.id, _midnight(today), count(need(week, "days"), number), raw_sha256=headers[FINGERPRINT]
            )


def is_last(headers: Mapping[str, str]) -> bool:
    """Return whether no page follows."""
    return "next" not in links_of(headers)


def beginning(subject: Subject, oldest: date) -> Observation:
    """Say with which day the history begins, as days since the epoch."""
    return START.of(subject.id, _midnight(oldest), (oldest - EPOCH).days, method="exact_retained")


def known_history(memory: Mapping[str, Any], subject: Subject) -> Known | None:
    """Return what the run's memory holds of a subject's star history."""
    found = memory.get(subject.id)
    return Known(**{one.name: found.get(one.name) for one in fields(Known)}) if found else None


def _page(ask: Ask, subject: Subject, page: int) -> tuple[Mapping[str, str], list[Any]]:
    number = f"&page={page}" if page > 1 else ""
    try:
        headers, payload = ask(f"/repos/{subject.github}/stargazers/history?per_page={WEEKS_A_PAGE}{number}")
    except GoneError as error:
        ask(f"/repos/{subject.github}")  # raises GoneError where it is the repository that is gone
        raise NotSupportedError(f"this server has no star history of {subject.github}") from error
    if not isinstance(payload, list):
        raise ChangedError(f"the star history of {subject.github} is no list")
    return headers, payload


def _page_of(day: date, newest_sunday: date, size: int) -> int:
    return max(0, -(-(newest_sunday - day).days // 7)) // size + 1


def _size(headers: Mapping[str, str], payload: Sequence[Any]) -> int:
    """Return how many weeks a page of this server has; the last page does not tell."""
    return WEEKS_A_PAGE if is_last(headers) else len(payload)


def _last_page(headers: Mapping[str, str]) -> int:
    return page_of(links_of(headers).get("last")) or 1


def _sunday_before(day: date) -> date:
    return day - (day.weekday() + 1) % 7 * DAY


def _sunday(week: Any) -> date:
    """Return the day with which a week begins; raise ChangedError for one on which none did."""
    found = EPOCH + timedelta(seconds=count(week, "week"))
    if found.weekday() != SUNDAY or found < OPENED.date():
        raise ChangedError(f"a week of a star history begins on {found}")
    return found


def _observe(subject: Subject, day: date, gained: float, headers: Mapping[str, str]) -> Observation:
    evidence = evidence_of(headers, subject.github, "/stargazers")
    return GAINED.of(subject.id, _midnight(day), gained, method="exact_retained", **evidence)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - naive UTC everywhere
