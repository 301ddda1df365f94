"""Which share of a month-old cohort of questions was answered within 30 days (METHOD 2.3)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.subject import Subject
from collectors.archive import Answer
from collectors.errors import ChangedError, IncompleteError, TooLargeError
from collectors.http import count, each, need

ANSWERED = METRICS["stackoverflow.answered_30d"]
YOUNGEST = timedelta(days=30)
OLDEST = timedelta(days=120)
PATIENCE_S = 30 * 86_400
PAGE = 100
MAX_PAGES = 25
IDS_A_CALL = 100
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere

Ask = Callable[..., tuple[Any, Answer]]


def answered(ask: Ask, subject: Subject, valid_at: datetime) -> list[Observation]:
    """Give the share of the questions created 120 to 30 days before `valid_at` that were answered within 30 days.

    An answer counts when it came within 30 days and has a score of at least 0 or was accepted. Questions and answers
    that were deleted since are not seen.
    """
    window = {"fromdate": _stamp(valid_at - OLDEST), "todate": _stamp(valid_at - YOUNGEST) - 1}
    asked_at: dict[int, float] = {}
    candidates: list[int] = []
    for tag in subject.stackoverflow_tags:
        for question in _pages(ask, "questions", tagged=tag, sort="creation", order="asc", **window):
            number = int(count(question, "question_id"))
            asked_at[number] = count(question, "creation_date")
            if count(question, "answer_count"):
                candidates.append(number)
    in_time = set(_answered_in_time(ask, sorted(set(candidates)), asked_at))
    if not asked_at:
        raise IncompleteError(f"nobody asked under the tags of {subject.id} in the cohort's 90 days")
    share = len(in_time) / len(asked_at)
    more = {"n": len(asked_at), "method": "exact", "status": Status.DERIVED}
    url = f"https://stackoverflow.com/questions/tagged/{subject.stackoverflow_tags[0]}"
    return [ANSWERED.of(subject.id, valid_at, share, url=url, **more)]


def _answered_in_time(ask: Ask, questions: Sequence[int], asked_at: Mapping[int, float]) -> Iterator[int]:
    for start in range(0, len(questions), IDS_A_CALL):
        numbers = ";".join(map(str, questions[start : start + IDS_A_CALL]))
        for answer in _pages(ask, f"questions/{numbers}/answers", sort="creation", order="asc"):
            question = int(count(answer, "question_id"))
            score = need(answer, "score")
            if not isinstance(score, int):
                raise ChangedError(f"an answer has the score {score!r}")
            is_good = score >= 0 or bool(answer.get("is_accepted"))
            is_ours = question in asked_at  # a question that was merged gives its answers to another
            if is_good and is_ours and count(answer, "creation_date") - asked_at[question] <= PATIENCE_S:
                yield question


def _pages(ask: Ask, path: str, **params: Any) -> Iterator[Mapping[str, Any]]:
    """Give every item; the API gives no page beyond the 25th without a key."""
    for page in range(1, MAX_PAGES + 1):
        payload, _ = ask(path, page=page, pagesize=PAGE, **params)
        yield from each(payload, "items")
        if not payload.get("has_more"):
            return
    raise TooLargeError(f"{path.partition('/')[0]} has more than {MAX_PAGES} pages")


def _stamp(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())
