"""Which share of a month-old cohort of questions was answered within 30 days, and when first.

See docs/method.md#definitions-that-readers-ask-for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import ChangedError, IncompleteError
from collectors.transport.payload import count, need

ANSWERED = METRICS["stackoverflow.answered_30d"]
FIRST_ANSWER = METRICS["stackoverflow.first_answer_median_h"]
YOUNGEST = timedelta(days=30)
OLDEST = timedelta(days=120)
PATIENCE_S = 30 * 86_400
PAGE = 100
IDS_A_CALL = 100
CALLS_OF_STRANGERS = 10
MAY_VANISH = 0.02
"""The part of the answers that may be deleted between two calls."""
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere

Pages = Callable[..., Iterator[Mapping[str, Any]]]


def answered(pages: Pages, subject: Subject, tags: Sequence[str], valid_at: datetime) -> list[Observation | Rows]:
    """Return the share of the questions created 120 to 30 days before `valid_at` that were answered within 30 days.

    An answer counts when it came within 30 days and has a score of at least 0 or was accepted. With it come the
    questions and when each was first answered, from which the median time follows. Questions and answers that were
    deleted since are not seen.
    """
    asked_at: dict[int, float] = {}
    told: dict[int, int] = {}
    for question in _questions(pages, tags, _stamp(valid_at - OLDEST), _stamp(valid_at - YOUNGEST) - 1):
        number = int(count(question, "question_id"))
        asked_at[number] = count(question, "creation_date")
        told[number] = int(count(question, "answer_count"))
    if not asked_at:
        raise IncompleteError(f"nobody asked under the tags of {subject.id} in the cohort's 90 days")
    came = list(_answers(pages, sorted(number for number, answers in told.items() if answers)))
    if len(came) < (1 - MAY_VANISH) * sum(told.values()):
        raise IncompleteError(f"the questions of {subject.id} tell {sum(told.values()):,} answers; {len(came):,} came")
    answers = list(_own(came, asked_at))
    in_time = {one.question for one in answers if one.is_good and one.waited_s <= PATIENCE_S}
    share = len(in_time) / len(asked_at)
    more = {"n": len(asked_at), "method": "exact", "status": Status.DERIVED}
    url = f"https://stackoverflow.com/questions/tagged/{subject.stackoverflow_tags[0]}"
    return [ANSWERED.of(subject.id, valid_at, share, url=url, **more), _rows(subject, asked_at, answers, valid_at)]


def _questions(pages: Pages, tags: Sequence[str], first: int, last: int) -> Iterator[Mapping[str, Any]]:
    """Yield the questions of a window; raise ChangedError where others come, for then the window is not kept to."""
    for tag in tags:
        for question in pages("questions", tagged=tag, sort="creation", order="asc", fromdate=first, todate=last):
            if not first <= count(question, "creation_date") <= last:
                days = " to ".join(f"{_moment(stamp):%Y-%m-%d}" for stamp in (first, last))
                raise ChangedError(f"question {need(question, 'question_id')!r} is not of {days}, as was asked for")
            yield question


def calls_of(questions: int | None) -> int:
    """Return how many calls a cohort takes: per hundred questions one page, and two of answers. None: not known."""
    return CALLS_OF_STRANGERS if questions is None else 3 * max(1, -(-questions // PAGE))


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer: to which question, after how many seconds, and whether it was accepted or is not disliked."""

    question: int
    waited_s: float
    is_good: bool


def _rows(subject: Subject, asked_at: Mapping[int, float], answers: Sequence[Answered], valid_at: datetime) -> Rows:
    first: dict[int, float] = {}
    for one in answers:
        first[one.question] = min(one.waited_s, first.get(one.question, one.waited_s))
    return Rows(
        "question",
        tuple(
            {
                "subject": subject.id,
                "question": number,
                "asked_at": _moment(asked),
                "first_answer_at": _moment(asked + first[number]) if number in first else None,
                "seen_until": valid_at,
            }
            for number, asked in asked_at.items()
        ),
    )


def _moment(stamp: float) -> datetime:
    return EPOCH + timedelta(seconds=stamp)


def _answers(pages: Pages, questions: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    for start in range(0, len(questions), IDS_A_CALL):
        numbers = ";".join(map(str, questions[start : start + IDS_A_CALL]))
        yield from pages(f"questions/{numbers}/answers", sort="creation", order="asc")


def _own(came: Sequence[Mapping[str, Any]], asked_at: Mapping[int, float]) -> Iterator[Answered]:
    """Yield the answers to the questions that were asked about; one that was merged gives its answers to another."""
    for answer in came:
        question = int(count(answer, "question_id"))
        score = need(answer, "score")
        if not isinstance(score, int):
            raise ChangedError(f"an answer has the score {score!r}")
        is_good = score >= 0 or bool(answer.get("is_accepted"))
        if question in asked_at:
            waited_s = max(0.0, count(answer, "creation_date") - asked_at[question])
            yield Answered(question, waited_s, is_good)


def _stamp(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())
