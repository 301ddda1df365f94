"""The star history: complete days of Los Angeles, walked once, and never a silent zero."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, IncompleteError, LimitError, NotSupportedError, SourceError
from collectors.github.stars import Known, history, pages_to_ask, past_pages, read_weeks
from collectors.github_api.client import FETCHED_AT, FINGERPRINT, WEB_URL
from collectors.reading import Unread
from collectors.upstream import GITHUB_WEB

SUNDAY = date(2026, 11, 15)
NOON = datetime(2026, 11, 18, 20)  # noon of a Wednesday in Los Angeles
JAX = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax", github_id=7)


def test_the_day_that_still_runs_in_los_angeles_is_left_out():
    assert [day for day, _ in read_weeks([week(SUNDAY, 1)], NOON)] == [SUNDAY + timedelta(days=n) for n in range(3)]
    before_midnight_there = datetime(2026, 11, 18, 7, 59)
    assert len(read_weeks([week(SUNDAY, 1)], before_midnight_there)) == 2


def test_a_day_without_stars_is_a_zero_and_a_week_that_does_not_sum_is_an_error():
    assert {gained for _, gained in read_weeks([week(SUNDAY, 0)], NOON)} == {0}
    with pytest.raises(IncompleteError, match="does not sum to its total"):
        read_weeks([week(SUNDAY, 1) | {"total": 8}], NOON)


def test_an_empty_history_is_an_error_and_not_zero():
    with pytest.raises(IncompleteError, match="is empty"):
        list(history(pages([[]]), JAX, None, 0))


def test_a_history_that_is_no_list_has_changed():
    with pytest.raises(ChangedError, match="no list"):
        list(history(pages([{"message": "x"}]), JAX, None, 0))


def test_the_beginning_is_noted_where_the_last_page_ends():
    found = list(history(pages([weeks(30), weeks(30, before=30), weeks(5, before=60)]), JAX, None, 30))

    started = [one for one in found if one.metric == "github.stars_history_start"]
    assert [one.valid_at.date() for one in started] == [SUNDAY - timedelta(weeks=64)]
    assert len(days_of(found)) == 64 * 7 + 3


def test_a_page_that_was_promised_and_is_empty_is_not_the_beginning():
    promised = pages([weeks(30), [], weeks(5, before=60)])

    def ask(path: str) -> Any:
        headers, payload = promised(path)
        return (headers if payload else headers | {"link": ""}), payload

    *found, lost = history(ask, JAX, None, 30)

    assert isinstance(lost, Unread)
    assert str(lost.error) == "page 2 of 3 of the star history of jax-ml/jax is empty"
    assert {one.metric for one in found} == {"github.stars_gained_1d", "github.stars_gained_today"}


@pytest.mark.parametrize(
    "odd", [LimitError("no more"), [{"week": 0, "total": 0, "days": [0] * 7}]], ids=["limit", "no week"]
)
def test_an_older_page_that_cannot_be_had_costs_none_of_those_before_it(odd):
    found = list(history(pages([weeks(30), weeks(30, before=30), odd, weeks(5, before=90)]), JAX, None, 30))

    lost = [one for one in found if isinstance(one, Unread)]
    assert [one.metric.name for one in lost] == ["github.stars_gained_1d"]
    assert len(days_of(found)) == 59 * 7 + 3


def test_a_page_between_the_newest_and_what_is_known_leaves_no_hole():
    long_ago = Known(SUNDAY - timedelta(weeks=40), date(2020, 1, 5), is_whole=True)

    with pytest.raises(LimitError):
        list(history(pages([weeks(30), LimitError("no more"), weeks(5, before=60)]), JAX, long_ago, 0))


def test_a_server_whose_pages_are_smaller_is_asked_for_the_pages_on_which_the_days_stand():
    book = pages([weeks(10, before=n) for n in range(0, 90, 10)])
    long_ago = Known(SUNDAY - timedelta(weeks=34), SUNDAY - timedelta(weeks=64), is_whole=False)

    found, back = set(days_of(history(book, JAX, long_ago, 1))), set[date]()
    for page in past_pages(book, JAX, [SUNDAY, SUNDAY - timedelta(weeks=83)], SUNDAY + timedelta(days=3)):
        back |= set(days_of(page))

    assert {SUNDAY - timedelta(weeks=n) for n in (*range(35), 65)} <= found
    assert {SUNDAY, SUNDAY - timedelta(weeks=83)} <= back


def test_a_page_that_lost_its_links_is_not_the_beginning():
    whole = pages([weeks(30), weeks(30, before=30), weeks(5, before=60)])

    def ask(path: str) -> Any:
        headers, payload = whole(path)
        return (headers | {"link": ""} if "&page=2" in path else headers), payload

    found = list(history(ask, JAX, None, 1))

    assert len(days_of(found)) == 59 * 7 + 3
    assert [one for one in found if one.metric == "github.stars_history_start"] == []


def test_a_walk_that_was_cut_short_goes_on_behind_the_oldest_day():
    known = Known(SUNDAY + timedelta(days=1), SUNDAY - timedelta(weeks=29), is_whole=False)

    assert pages_to_ask(SUNDAY, 10, None, 3) == [2, 3, 4]
    assert pages_to_ask(SUNDAY, 10, known, 3) == [2, 3, 4]
    assert pages_to_ask(SUNDAY, 10, Known(SUNDAY, SUNDAY - timedelta(weeks=89), is_whole=False), 2) == [4, 5]
    assert pages_to_ask(SUNDAY, 10, Known(SUNDAY, date(2020, 1, 5), is_whole=True), 3) == []


@pytest.mark.parametrize("known", [None, Known(SUNDAY, SUNDAY - timedelta(weeks=29), is_whole=False)])
def test_a_history_that_claims_pages_without_end_is_walked_as_far_as_it_may_be(known):
    assert pages_to_ask(SUNDAY, 10**17, known, 2) == [2, 3]


@pytest.mark.parametrize("week", [10**15, 10**17, 10**400], ids=["15 digits", "17 digits", "400 digits"])
def test_a_week_beyond_all_days_is_no_fault_of_our_own(week):
    with pytest.raises((ChangedError, OverflowError)):
        read_weeks([{"week": week, "days": [0] * 7, "total": 0}], NOON)


@pytest.mark.parametrize(
    "sunday",
    [date(1970, 1, 4), SUNDAY + timedelta(days=1), SUNDAY + timedelta(weeks=60)],
    ids=["1970", "Monday", "far"],
)
def test_a_week_that_cannot_be_is_no_week(sunday):
    with pytest.raises(ChangedError, match="begins on"):
        read_weeks([week(SUNDAY, 1), week(sunday, 1)], NOON)


def test_days_that_were_missed_are_asked_whatever_the_allowance():
    long_ago = Known(SUNDAY - timedelta(weeks=70), date(2020, 1, 5), is_whole=True)

    assert pages_to_ask(SUNDAY, 10, long_ago, 0) == [2, 3]


def test_a_page_whose_days_have_all_landed_tells_only_the_days_since():
    same = Known(SUNDAY + timedelta(days=1), SUNDAY - timedelta(weeks=29), is_whole=True, page_sha256="sha-1")
    other = Known(SUNDAY + timedelta(days=1), SUNDAY - timedelta(weeks=29), is_whole=True, page_sha256="before")

    assert days_of(history(pages([weeks(30)]), JAX, same, 0)) == [SUNDAY + timedelta(days=2)]
    assert len(days_of(history(pages([weeks(30)]), JAX, other, 0))) == 29 * 7 + 3


def test_the_day_that_has_begun_is_told_apart():
    [today] = [one for one in history(pages([weeks(1)]), JAX, None, 0) if one.metric == "github.stars_gained_today"]

    assert (today.valid_at.date(), today.value) == (SUNDAY + timedelta(days=3), 2)


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ([SUNDAY], [1]),
        ([SUNDAY - timedelta(days=1)], [1]),
        ([SUNDAY - timedelta(weeks=29)], [1]),
        ([SUNDAY - timedelta(weeks=29, days=1)], [2]),
        ([SUNDAY + timedelta(days=5), SUNDAY - timedelta(weeks=40)], [1, 2]),
        ([SUNDAY - timedelta(weeks=40), SUNDAY - timedelta(weeks=31)], [2]),
        ([date(2001, 1, 1)], [46]),
    ],
)
def test_past_days_are_asked_on_the_pages_on_which_they_stand(wanted, asked):
    calls: list[int] = []
    book = pages([weeks(30), weeks(30, before=30), weeks(5, before=60)])

    def ask(path: str) -> Any:
        calls.append(int(path.rpartition("&page=")[2]) if "&page=" in path else 1)
        return book(path)

    found = [one for page in past_pages(ask, JAX, wanted, SUNDAY + timedelta(days=3)) for one in page]

    assert calls == asked
    told = SUNDAY + timedelta(days=2)
    assert {day for day in wanted if date(2020, 1, 1) < day <= told} <= set(days_of(found))


def test_a_server_without_the_history_is_told_from_a_repository_that_is_gone():
    def ask_without_history(path: str) -> Any:
        if path.endswith("per_page=30"):
            raise GoneError("Not Found")
        return {}, {}

    def ask_without_repository(_: str) -> Any:
        raise GoneError("Not Found")

    with pytest.raises(NotSupportedError, match="no star history"):
        list(history(ask_without_history, JAX, None, 0))
    with pytest.raises(GoneError):
        list(history(ask_without_repository, JAX, None, 0))


# --- builders ---


def days_of(found: Iterable[Observation | Unread]) -> list[date]:
    told = (one for one in found if isinstance(one, Observation))
    return [one.valid_at.date() for one in told if one.metric == "github.stars_gained_1d"]


def week(sunday: date, each: int) -> dict[str, Any]:
    seconds = (sunday - date(1970, 1, 1)).days * 86_400
    return {"week": seconds, "total": 7 * each, "days": [each] * 7}


def weeks(number: int, before: int = 0) -> list[dict[str, Any]]:
    """Return weeks that end `before` weeks before the newest, newest first."""
    return [week(SUNDAY - timedelta(weeks=before + n), 2) for n in range(number)]


def pages(answers: list[Any]) -> Any:
    """Answer page after page, with the links that GitHub gives; raise what is an error."""

    def ask(path: str) -> Any:
        page = int(path.rpartition("&page=")[2]) if "&page=" in path else 1
        more = f'<x?page={page + 1}>; rel="next", <x?page={len(answers)}>; rel="last"' if page < len(answers) else ""
        headers = {FETCHED_AT: NOON.isoformat(), FINGERPRINT: f"sha-{page}", WEB_URL: GITHUB_WEB, "link": more}
        answer = [*answers, *[[]] * 99][page - 1]
        if isinstance(answer, SourceError):
            raise answer
        return headers, answer

    return ask
