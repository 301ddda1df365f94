"""The Stack Exchange API 2.3: tags, synonyms, questions and their totals in the common wrapper."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from flows.replica.answer import Answer, Request, of_json
from flows.replica.community import SITE_OPENED, SYNONYMS, Question, StackOverflow
from flows.replica.repository import utc
from flows.replica.world import World

SECOND = timedelta(seconds=1)


def answer(world: World, request: Request) -> Answer:  # noqa: PLR0911 - one return a route
    """Answer a GET below /stackexchange/2.3; every error is HTTP 400 and JSON."""
    if request.query.get("site") != "stackoverflow":
        return refuse(400, "bad_parameter", "site is required")
    if request.number("page", 1, 10**6) > 25 and "key" not in request.query:
        return refuse(403, "access_denied", "page above 25 requires access token or app key")
    match request.path.strip("/").split("/"):
        case ["2.3", "tags", names, "info"]:
            return _info(world.stack_overflow, names.split(";"), request)
        case ["2.3", "tags", names, "synonyms"]:
            return _synonyms(names.split(";"), request)
        case ["2.3", "questions"] | ["2.3", "search", "advanced"]:
            return _questions(world.stack_overflow, request)
        case ["2.3", "questions", "no-answers"]:
            return _questions(world.stack_overflow, request, lambda question: question.answers == 0)
        case ["2.3", "questions", numbers, "answers"]:
            return _answers(world.stack_overflow, set(numbers.split(";")), request)
    return refuse(404, "no_method", "this method does not exist")


def refuse(number: int, name: str, message: str) -> Answer:
    """Return an error in the wrapper; error 502 is a throttle."""
    return of_json({"error_id": number, "error_name": name, "error_message": message}, 400)


def _wrap(items: Sequence[Any], request: Request, render: Callable[[Any], Any]) -> Answer:
    if request.query.get("filter") == "total":
        return of_json({"total": len(items)})
    page, size = request.number("page", 1, 10**6), request.number("pagesize", 30, 100)
    some = items[(page - 1) * size : page * size]
    quota = {"quota_max": request.quota.limit, "quota_remaining": request.quota.remaining}
    return of_json({"items": [render(item) for item in some], "has_more": page * size < len(items), **quota})


def _info(site: StackOverflow, names: Iterable[str], request: Request) -> Answer:
    def render(tag: str) -> Any:
        flags = {"has_synonyms": tag in SYNONYMS.values(), "is_moderator_only": False, "is_required": False}
        return {**flags, "count": site.tag_count(tag), "name": tag}

    known = [tag for tag in dict.fromkeys(names) if tag in site.older]
    return _wrap(sorted(known, key=site.tag_count, reverse=True), request, render)


def _synonyms(names: Sequence[str], request: Request) -> Answer:
    some = [{"from_tag": tag, "to_tag": master, "applied_count": 1} for tag, master in SYNONYMS.items()]
    return _wrap([one for one in some if one["to_tag"] in names], request, lambda one: one)


def _questions(site: StackOverflow, request: Request, keep: Callable[[Question], bool] | None = None) -> Answer:
    """Questions with all the tags between two moments, both included; totals reach back before the dated ones."""
    tags = [tag for tag in request.query.get("tagged", "").split(";") if tag]
    since, until = _bounds(site, request)
    is_plain = keep is None and {"nottagged", "accepted", "answers"}.isdisjoint(request.query)
    if request.query.get("filter") == "total" and is_plain:
        count = site.questions_between(tags, since, until) if tags else site.site_between(since, until)
        return of_json({"total": count})
    unwanted = request.query.get("nottagged", "").split(";")
    found = [q for q in site.matching(tags, unwanted) if since <= q.created_at < until]
    some = [question for question in found if _answers_to(question, request) and (not keep or keep(question))]
    is_rising = request.query.get("order") == "asc"
    return _wrap(some if is_rising else some[::-1], request, _question)


def _bounds(site: StackOverflow, request: Request) -> tuple[datetime, datetime]:
    since, until = request.query.get("fromdate"), request.query.get("todate")
    end = datetime.fromtimestamp(int(until), UTC) + SECOND if until else utc(site.today + timedelta(days=1))
    return datetime.fromtimestamp(int(since), UTC) if since else utc(SITE_OPENED), end


def _answers_to(question: Question, request: Request) -> bool:
    """Whether a question has the asked number of answers and an accepted one or none."""
    accepted = request.query.get("accepted", "").lower()
    enough = question.answers >= int(request.query.get("answers", 0))
    return enough and (not accepted or question.is_accepted == (accepted == "true"))


def _question(question: Question) -> dict[str, Any]:
    return {
        "question_id": question.id,
        "tags": list(question.tags),
        "creation_date": int(question.created_at.timestamp()),
        "is_answered": question.answers > 0,
        "answer_count": question.answers,
        "score": question.score,
        "title": f"Demo question {question.id}",
        **({"accepted_answer_id": question.id + 1} if question.is_accepted else {}),
    }


def _answers(site: StackOverflow, numbers: set[str], request: Request) -> Answer:
    asked = [question for question in site.questions if str(question.id) in numbers]
    rows = [
        {
            "answer_id": question.id + 1 + place,
            "question_id": question.id,
            "creation_date": int((question.answered_at + timedelta(hours=place)).timestamp()),
            "is_accepted": question.is_accepted and place == 0,
            "score": place,
        }
        for question in asked
        if question.answered_at
        for place in range(question.answers)
    ]
    return _wrap(rows, request, lambda row: row)
