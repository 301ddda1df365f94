"""Stack Overflow through the Stack Exchange API: tag totals, window counts, shares of the whole site."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from urllib.parse import quote

from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.subject import Subject
from collectors.archive import Answer
from collectors.errors import ChangedError, GoneError, LimitError, SourceError
from collectors.http import count, each, midnight, need, parse
from collectors.source import Cost, Found, Source, Upstream, ask_each, day_by_day, missing
from collectors.stackoverflow_answers import ANSWERED, answered
from collectors.turns import due

QUESTIONS = METRICS["stackoverflow.questions"]
QUESTIONS_365D = METRICS["stackoverflow.questions_365d"]
SHARE = METRICS["stackoverflow.share_ppm_365d"]
YEAR = timedelta(days=365)
NIGHTS_FOR_ANSWERS = 7
TAGS_PER_CALL = 100
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Ask for all tags' totals in one call, then for the year's counts; each call that fails costs only its cells."""
    desk = Desk(upstream)
    yield from _totals(subjects, desk, valid_at)
    yield from _shares(subjects, desk, midnight(valid_at))
    asked = due(subjects, upstream.memory.get(ANSWERED.name, {}), NIGHTS_FOR_ANSWERS)
    today = midnight(valid_at)
    yield from ask_each(asked, lambda one: answered(desk.ask, one, today), [ANSWERED], upstream, today)


class Desk:
    """The API's manners: the site, the key, the quota, and the rests that it asks for beside a good answer."""

    def __init__(self, upstream: Upstream) -> None:
        """Keep where to ask; nothing is asked yet."""
        self.upstream = upstream

    def ask(self, path: str, **params: Any) -> tuple[Any, Answer]:
        """Ask for one page; raise what its error body means, keep its answer when it asks for a rest."""
        key = {"key": self.upstream.token} if self.upstream.token else {}
        url = f"{self.upstream.base_url}/{path}"
        try:
            answer = self.upstream.http.get(url, **{"site": "stackoverflow", **params, **key})
        except ChangedError as error:
            raise _error_of(error) from error
        payload = parse(answer)
        if isinstance(payload, dict) and "error_id" in payload:
            raise _named(payload)
        if backoff := (payload.get("backoff") if isinstance(payload, dict) else None):
            self.upstream.http.pace.rest(self.upstream.base_url.split("/")[2], float(backoff))
        return payload, answer

    def total(self, tags: Sequence[str], **window: int) -> tuple[float, Answer]:
        """Count the questions that carry all the tags in a window; all questions of the site without tags."""
        tagged = {"tagged": ";".join(tags)} if tags else {}
        payload, answer = self.ask("questions", filter="total", **tagged, **window)
        return count(payload, "total"), answer


def read_tags(payload: Any) -> dict[str, float]:
    """Read how many questions each tag has."""
    return {str(need(item, "name")): count(item, "count") for item in each(payload, "items")}


def _totals(subjects: Sequence[Subject], desk: Desk, valid_at: datetime) -> Iterator[Observation]:
    tags = sorted({tag for subject in subjects for tag in subject.stackoverflow_tags})
    try:
        counts: dict[str, float] = {}
        for start in range(0, len(tags), TAGS_PER_CALL):
            some = tags[start : start + TAGS_PER_CALL]
            payload, answer = desk.ask(f"tags/{quote(';'.join(some), safe=';')}/info", pagesize=TAGS_PER_CALL)
            counts |= read_tags(payload)
    except SourceError as error:
        yield from missing(subjects, [QUESTIONS], valid_at, error)
        return
    for subject in subjects:
        try:
            known = [tag for tag in subject.stackoverflow_tags if tag in counts]
            if not known:
                raise GoneError(f"Stack Overflow has no tag {', '.join(subject.stackoverflow_tags)}")
            total = _union(known, counts, desk)
            evidence = {"url": answer.url, "raw_sha256": answer.sha256}
            yield QUESTIONS.of(subject.id, answer.fetched_at, total, **evidence)
        except SourceError as error:
            yield from missing([subject], [QUESTIONS], valid_at, error)


def _union(tags: Sequence[str], counts: dict[str, float], desk: Desk) -> float:
    """Count questions with any of the tags: inclusion and exclusion, a call for each overlap."""
    total = sum(counts[tag] for tag in tags)
    for size in range(2, len(tags) + 1):
        sign = -1 if size % 2 == 0 else 1
        total += sign * sum(desk.total(some)[0] for some in combinations(tags, size))
    return total


def _shares(subjects: Sequence[Subject], desk: Desk, valid_at: datetime) -> Iterator[Observation]:
    window = {"fromdate": _stamp(valid_at - YEAR), "todate": _stamp(valid_at) - 1}
    try:
        site, _ = desk.total((), **window)
        if site <= 0:
            raise ChangedError("the site says that nobody asked anything in a year")
    except SourceError as error:
        yield from missing(subjects, [QUESTIONS_365D, SHARE], valid_at, error)
        return
    for subject in subjects:
        try:
            yield from _share(subject, desk, window, site, valid_at)
        except SourceError as error:
            yield from missing([subject], [QUESTIONS_365D, SHARE], valid_at, error)


def _share(
    subject: Subject, desk: Desk, window: dict[str, int], site: float, valid_at: datetime
) -> Iterator[Observation]:
    tags = subject.stackoverflow_tags
    asked = 0.0
    for size in range(1, len(tags) + 1):
        sign = -1 if size % 2 == 0 else 1
        for some in combinations(tags, size):
            found, answer = desk.total(some, **window)
            asked += sign * found
    evidence = {"url": answer.url, "raw_sha256": answer.sha256, "method": "exact"}
    yield QUESTIONS_365D.of(subject.id, valid_at, asked, **evidence)
    ppm = 1e6 * asked / site
    yield SHARE.of(subject.id, valid_at, ppm, n=int(site), status=Status.DERIVED, **evidence)


def _stamp(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())


def _named(payload: Any) -> SourceError:
    name, message = payload.get("error_name", ""), payload.get("error_message", "")
    if payload.get("error_id") == 502 or "throttle" in name:
        return LimitError(f"Stack Exchange throttles us: {message}")
    return ChangedError(f"Stack Exchange: {name}: {message}")


def _error_of(error: ChangedError) -> SourceError:
    notes = " ".join(getattr(error, "__notes__", []))
    return LimitError("Stack Exchange throttles us") if "throttle_violation" in notes else error


def collect_past(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Observation]:
    """Ask for the year before a past day; questions that were deleted since have vanished."""
    return _shares(subjects, Desk(upstream), valid_at)


def costs(
    subjects: Sequence[Subject],
    memory: Mapping[str, Mapping[str, Any]],
    has_token: bool,  # noqa: FBT001
) -> list[Cost]:
    """Count totals in one call, the site's year in one, a year for each set of tags, and about two for each turn."""
    sets = sum(2 ** len(subject.stackoverflow_tags) - 1 for subject in subjects)
    overlaps = sets - sum(len(subject.stackoverflow_tags) for subject in subjects)
    turns = len(due(subjects, memory.get(ANSWERED.name, {}), NIGHTS_FOR_ANSWERS))
    calls = 2 + sets + overlaps + 3 * turns if subjects else 0
    return [Cost("stackexchange", calls, 10_000 if has_token else 300, "day")]


source = Source(
    "stackoverflow",
    collect,
    (QUESTIONS, QUESTIONS_365D, SHARE),
    costs,
    day_by_day("stackoverflow", "stackexchange", collect_past, lambda subjects: len(subjects) + 1),
    sometimes=(ANSWERED,),
)
