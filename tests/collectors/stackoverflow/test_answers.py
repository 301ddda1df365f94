"""The answers to a month-old cohort: who was answered in time, and when everybody was answered first."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from catalog.observation import Observation, Status
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import ChangedError, IncompleteError, TooLargeError
from collectors.stackoverflow import source as stackoverflow
from collectors.stackoverflow.answers import answered
from collectors.stackoverflow.client import Client
from collectors.upstream import Found, Upstream
from tests.collectors.loopback import MAY_DAY, Asked, Loopback, Reply, Wire, always, as_json, in_turn, seam

TODAY = datetime(2026, 5, 1)
ASKED = datetime(2026, 2, 1)
EPOCH = datetime(1970, 1, 1)
DAY = 86_400
JAX = Subject(id="jax", name="JAX", kind="framework", github="o/jax", stackoverflow_tags=["jax"])


@pytest.mark.parametrize(
    ("answers", "share"),
    [
        ([(3_600, 1, False)], 1),
        ([(3_600, 0, False)], 1),
        ([(3_600, -1, False)], 0),
        ([(3_600, -1, True)], 1),
        ([(30 * DAY, 0, False)], 1),
        ([(30 * DAY + 1, 9, True)], 0),
        ([(3_600, -2, False), (29 * DAY, 0, False)], 1),
        ([], 0),
    ],
    ids=[
        "liked",
        "neither",
        "disliked",
        "disliked and accepted",
        "on the last second",
        "a second too late",
        "a second one",
        "none",
    ],
)
def test_an_answer_counts_that_came_in_30_days_and_was_accepted_or_is_not_disliked(server, answers, share):
    server.answering = site({1: answers})

    [observed, _] = asked(server)

    assert (observed.value, observed.n, observed.status) == (share, 1, Status.DERIVED)


def test_the_cohort_was_asked_120_to_30_days_before_the_day(server):
    server.answering = site({1: []})

    asked(server)

    window = parse_qs(urlsplit(server.asked[0].path).query)
    begin, end = (timedelta(seconds=int(window[name][0])) for name in ("fromdate", "todate"))
    assert (TODAY - EPOCH - begin, TODAY - EPOCH - end) == (timedelta(days=120), timedelta(days=30, seconds=1))
    assert window["pagesize"] == ["100"]


def test_any_answer_that_stands_is_a_first_answer_however_late_or_disliked(server):
    server.answering = site({1: [(40 * DAY, 5, True), (9, -4, False)], 2: [(50 * DAY, 0, False)], 3: []})

    [_, rows] = asked(server)

    waited = {row["question"]: row["first_answer_at"] and row["first_answer_at"] - row["asked_at"] for row in rows.rows}
    assert waited == {1: timedelta(seconds=9), 2: timedelta(days=50), 3: None}
    assert {row["seen_until"] for row in rows.rows} == {TODAY}


def test_an_answer_that_is_older_than_its_question_was_there_at_once(server):
    server.answering = site({1: [(-500, 1, True)]})

    [share, rows] = asked(server)

    assert share.value == 1
    assert rows.rows[0]["first_answer_at"] == ASKED


def test_a_question_under_two_tags_is_one_question(server):
    server.answering = site({1: [(5, 1, False)], 2: []})

    [share, rows] = asked(server, "jax", "flax")

    assert (share.value, share.n, len(rows.rows)) == (0.5, 2, 2)


def test_answers_are_asked_for_a_hundred_questions_a_call_and_none_where_there_are_none(server):
    server.answering = site({number: [(5, 1, False)] if number <= 101 else [] for number in range(1, 151)})

    [share, _] = asked(server)

    assert share.value == 101 / 150
    assert [len(numbers_of(one)) for one in server.asked if "/answers" in one.path] == [100, 1]
    assert len(server.asked) == 4


def test_the_answers_of_a_question_that_was_merged_into_another_are_not_its_own(server):
    questions = as_json({"items": [question(1, answers=1)]})
    server.answering = in_turn(questions, as_json({"items": [answer(77, 5, 1)]}))

    assert asked(server)[0].value == 0


def test_a_tag_with_more_pages_than_strangers_may_turn_is_too_large(server):
    server.answering = always(as_json({"items": [question(1)], "has_more": True}))

    with pytest.raises(TooLargeError, match="more than 25 pages"):
        asked(server)
    assert len(server.asked) == 25


def test_an_empty_page_with_more_behind_it_is_no_list_and_nobody_turns_on(server):
    server.answering = always(as_json({"items": [], "has_more": True}))

    with pytest.raises(IncompleteError, match="page 1 of questions is empty, and more are said to follow"):
        asked(server)
    assert len(server.asked) == 1


def test_a_cohort_that_nobody_asked_is_no_share(server):
    server.answering = site({})

    with pytest.raises(IncompleteError, match="nobody asked"):
        asked(server)


@pytest.mark.parametrize("field", ["question_id", "creation_date", "answer_count"])
@pytest.mark.parametrize("wrong", [None, "7", -1, [7]], ids=repr)
def test_a_question_of_another_shape_has_changed(server, field, wrong):
    server.answering = always(as_json({"items": [question(1) | {field: wrong}]}))

    with pytest.raises(ChangedError, match=field):
        asked(server)


@pytest.mark.parametrize("field", ["question_id", "creation_date", "score"])
@pytest.mark.parametrize("wrong", [None, "7", [7]], ids=repr)
def test_an_answer_of_another_shape_has_changed(server, field, wrong):
    questions = as_json({"items": [question(1, answers=1)]})
    server.answering = in_turn(questions, as_json({"items": [answer(1, 5, 1) | {field: wrong}]}))

    with pytest.raises(ChangedError):
        asked(server)


def test_the_recorded_pages_are_followed_to_their_end(recorded, server):
    folder = recorded / "stackexchange/sibyl"
    pages = [json.loads((folder / f"{name}.json").read_text()) for name in ("questions", "questions_1", "answers")]
    last = {"items": [answer(27_739_072, 5, 1), *(answer(4, 5, 1) for _ in range(4))], "has_more": False}
    server.answering = in_turn(*(as_json(of_the_cohort(one)) for one in (*pages, last)))

    [share, rows] = asked(server)

    assert (share.n, share.value) == (13, 1 / 13)
    assert [parse_qs(urlsplit(one.path).query)["page"][0] for one in server.asked] == ["1", "2", "1", "2"]
    assert sum(row["first_answer_at"] is not None for row in rows.rows) == 1


@pytest.mark.parametrize("page", ["stackexchange_question_page", "stackexchange_question_page_2"])
def test_a_recorded_page_with_more_fields_than_asked_is_read(recorded, server, page):
    payload = json.loads((recorded / f"stackexchange/perceval/{page}.json").read_text()) | {"has_more": False}
    server.answering = in_turn(as_json(of_the_cohort(payload)), as_json({"items": [answer(77, 5, 1)]}))

    [share, rows] = asked(server)

    assert (share.n, share.value, len(rows.rows)) == (1, 0, 1)


@pytest.mark.parametrize("name", ["comments", "users", "tags"])
def test_a_recorded_page_of_something_else_has_changed(recorded, server, name):
    server.answering = always(Reply(body=(recorded / f"stackexchange/sibyl/{name}.json").read_bytes()))

    with pytest.raises(ChangedError):
        asked(server)


def test_a_subject_whose_turn_it_is_not_is_not_asked(server):
    good = site({1: [(5, 1, False)]})

    def answers(wire: Wire, one: Asked) -> Reply | None:
        if "/tags/" in one.path:
            return as_json({"items": [{"name": "jax", "count": 1, "from_tag": "google-jax", "to_tag": "jax"}]})
        return as_json({"total": 5}) if "filter=total" in one.path else good(wire, one)

    server.answering = answers
    subjects = [JAX.model_copy(update={"id": f"jax{number}"}) for number in range(8)]
    memory = {
        "stackoverflow.answered_30d": {one.id: TODAY - timedelta(days=number) for number, one in enumerate(subjects)}
    }

    with seam() as http:
        found = list(stackoverflow.collect(subjects, Upstream(http, f"{server.url}/2.3", memory=memory), MAY_DAY))

    told = {one.subject for one in found if isinstance(one, Observation) and one.metric.endswith("answered_30d")}
    assert told == {"jax7", "jax6"}


@pytest.mark.parametrize("odd", [None, "true", 1, []], ids=repr)
def test_a_full_page_that_does_not_say_whether_another_follows_is_no_whole_list(server, odd):
    good = site({number: [] for number in range(1, 151)})

    def answers(wire: Wire, one: Asked) -> Reply:
        said = json.loads(good(wire, one).body)
        return as_json({"items": said["items"]} if odd is None else said | {"has_more": odd})

    server.answering = answers

    with pytest.raises(ChangedError, match="has_more"):
        asked(server)


@pytest.mark.parametrize("away", [-31 * DAY - 1, 59 * DAY, 10**15], ids=["before", "behind", "never"])
def test_a_question_outside_the_window_is_refused_for_the_window_is_not_kept_to(server, away):
    other = question(2) | {"creation_date": stamp() + away}
    server.answering = always(as_json({"items": [question(1), other], "has_more": False}))

    with pytest.raises(ChangedError, match="question 2 is not of 2026-01-01 to 2026-03-31"):
        asked(server)


@pytest.mark.parametrize("away", [-31 * DAY, 59 * DAY - 1], ids=["first second", "last second"])
def test_the_window_has_its_first_and_its_last_second(server, away):
    server.answering = always(as_json({"items": [question(1) | {"creation_date": stamp() + away}]}))

    assert asked(server)[0].n == 1


def test_answers_that_the_questions_tell_and_that_do_not_come_are_no_share(server):
    questions = [question(number, answers=2) for number in range(1, 4)]
    server.answering = in_turn(as_json({"items": questions}), as_json({"items": [answer(1, 5, 1)]}))

    with pytest.raises(IncompleteError, match="tell 6 answers; 1 came"):
        asked(server)


def test_an_answer_that_is_deleted_between_two_calls_costs_nothing(server):
    good = site({number: [(5, 1, False)] for number in range(1, 101)})

    def answers(wire: Wire, one: Asked) -> Reply:
        said = json.loads(good(wire, one).body)
        return as_json({"items": said["items"][1:]} | {"has_more": False}) if "/answers" in one.path else as_json(said)

    server.answering = answers

    assert asked(server)[0].value == 0.99


# --- builders ---


def of_the_cohort(page: dict[str, Any]) -> dict[str, Any]:
    """Return a recorded page as if its questions had been asked in the window."""
    return page | {"items": [one | {"creation_date": stamp()} for one in page["items"]]}


def site(questions: dict[int, list[tuple[int, int, bool]]]) -> Any:
    """Answer as the API does for questions that were all asked at once: their answers by seconds, score, accepted."""

    def reply(_: Wire, one: Asked) -> Reply:
        page = int(parse_qs(urlsplit(one.path).query)["page"][0])
        if "/answers" in one.path:
            rows = [answer(n, *told, is_accepted=ok) for n in numbers_of(one) for *told, ok in questions[n]]
        else:
            rows = [question(number, answers=len(told)) for number, told in questions.items()]
        return as_json({"items": rows[(page - 1) * 100 : page * 100], "has_more": len(rows) > page * 100})

    return reply


def question(number: int, answers: int = 0) -> dict[str, Any]:
    return {"question_id": number, "creation_date": stamp(), "answer_count": answers}


def answer(number: int, seconds: int, score: int, *, is_accepted: bool = False) -> dict[str, Any]:
    return {"question_id": number, "creation_date": stamp() + seconds, "score": score, "is_accepted": is_accepted}


def stamp() -> int:
    return int((ASKED - EPOCH).total_seconds())


def numbers_of(one: Asked) -> list[int]:
    return [int(number) for number in one.path.split("/")[3].replace("%3B", ";").split(";")]


def asked(server: Loopback, *tags: str) -> list[Any]:
    found: list[Found]
    with seam() as http:
        found = list(answered(Client(Upstream(http, f"{server.url}/2.3")).pages, JAX, tags or ["jax"], TODAY))
    assert [type(one) for one in found] == [Observation, Rows]
    return found
