"""Stack Overflow through the Stack Exchange API: tag totals, window counts, shares of the whole site."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from catalog.metric import METRICS
from catalog.moments import midnight
from catalog.observation import Observation, Status
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, IncompleteError, SourceError
from collectors.missing import missing
from collectors.past import Past, Step, day_by_day
from collectors.reading import one_answer
from collectors.source import Address, Cost, Source, ask_each
from collectors.stackoverflow.answers import ANSWERED, FIRST_ANSWER, answered, calls_of
from collectors.stackoverflow.client import CALLS_A_DAY, Client
from collectors.transport.archive import Answer
from collectors.transport.turns import due
from collectors.upstream import Found, Upstream

QUESTIONS = METRICS["stackoverflow.questions"]
QUESTIONS_365D = METRICS["stackoverflow.questions_365d"]
SHARE = METRICS["stackoverflow.share_ppm_365d"]
YEAR = timedelta(days=365)
NIGHTS_FOR_ANSWERS = 7
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC everywhere


@dataclass(frozen=True)
class Tags:
    """The tags that the site has of each subject, its synonyms with questions of their own among them.

    `totals` and `answers` are by tag; `lost` says of a subject why it has none.
    """

    named: dict[str, Sequence[str]]
    totals: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    lost: dict[str, SourceError] = field(default_factory=dict)

    def of(self, subject: Subject) -> Sequence[str]:
        """Return the tags of a subject; raise why there are none."""
        if error := self.lost.get(subject.id):
            raise error
        return self.named[subject.id]


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Ask for all tags' totals in one call, then for the year's counts; each call that fails costs only its cells."""
    client, today = Client(upstream), midnight(valid_at)
    try:
        with one_answer():
            tags = read_tags_of(subjects, client)
    except SourceError as error:
        yield from missing(subjects, [QUESTIONS, QUESTIONS_365D, SHARE], valid_at, error)
        tags = Tags({one.id: one.stackoverflow_tags for one in subjects})
    else:
        yield from _totals(subjects, client, tags, valid_at)
        yield from _shares(subjects, client, tags, today)
    asked = due(subjects, upstream.memory.get(ANSWERED.name, {}), NIGHTS_FOR_ANSWERS)
    sometimes = [ANSWERED, FIRST_ANSWER]
    yield from ask_each(asked, lambda one: answered(client.pages, one, tags.of(one), today), sometimes, upstream, today)


def read_tags_of(subjects: Sequence[Subject], client: Client) -> Tags:
    """Return every subject's tags: a synonym whose questions the site counts under its master is not one of them.

    A tag of the catalog that the site does not list may have become a synonym: then its questions, by one call more,
    are those of its master. A subject whose tags have no questions at all has lost them: that is no zero.
    """
    synonyms = client.synonyms(subjects)
    own = {one.id: [*one.stackoverflow_tags, *_synonyms_of(one, synonyms)] for one in subjects}
    found = Tags({}, *client.counts(sorted({tag for some in own.values() for tag in some})), {})
    for one in subjects:
        try:
            with one_answer():
                found.named[one.id] = _listed(one, own[one.id], client, found)
        except SourceError as error:
            found.lost[one.id] = error
    return found


def _listed(subject: Subject, own: Sequence[str], client: Client, known: Tags) -> list[str]:
    """Return the tags that the site has, and add to what is known of them."""
    for tag in subject.stackoverflow_tags:
        if not known.totals.get(tag):
            number, answer = client.total([tag])
            if number:
                known.totals[tag], known.answers[tag] = number, answer
    there = [tag for tag in own if known.totals.get(tag)]
    if there:
        return there
    raise GoneError(f"Stack Overflow has no tag {', '.join(subject.stackoverflow_tags)}")


def _synonyms_of(subject: Subject, synonyms: Mapping[str, Iterable[str]]) -> list[str]:
    return sorted({name for tag in subject.stackoverflow_tags for name in synonyms.get(tag, ())})


def _totals(subjects: Sequence[Subject], client: Client, tags: Tags, valid_at: datetime) -> Iterator[Observation]:
    for subject in subjects:
        try:
            with one_answer():
                known = tags.of(subject)
                total, _ = client.union(known, tags.totals)
                answer = tags.answers[known[0]]
            yield QUESTIONS.of(subject.id, answer.fetched_at, total, url=answer.url, raw_sha256=answer.sha256)
        except SourceError as error:
            yield from missing([subject], [QUESTIONS], valid_at, error)


def _shares(subjects: Sequence[Subject], client: Client, tags: Tags, valid_at: datetime) -> Iterator[Observation]:
    window = {"fromdate": _stamp(valid_at - YEAR), "todate": _stamp(valid_at) - 1}
    try:
        with one_answer():
            site, _ = client.total((), **window)
        if site <= 0:
            raise ChangedError("the site says that nobody asked anything in a year")
    except SourceError as error:
        yield from missing(subjects, [QUESTIONS_365D, SHARE], valid_at, error)
        return
    for subject in subjects:
        try:
            with one_answer():
                asked, answer = client.union(tags.of(subject), {}, **window)
                if asked > site:
                    raise IncompleteError(f"{asked:,.0f} questions of a year in {subject.id}, and {site:,.0f} in all")
        except SourceError as error:
            yield from missing([subject], [QUESTIONS_365D, SHARE], valid_at, error)
            continue
        evidence = {"url": answer.url, "raw_sha256": answer.sha256, "method": "exact"} if answer else {}
        yield QUESTIONS_365D.of(subject.id, valid_at, asked, **evidence)
        yield SHARE.of(subject.id, valid_at, 1e6 * asked / site, n=int(site), status=Status.DERIVED, **evidence)


def _stamp(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds())


def _ask_past(step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
    """Ask for the year before each past day, and for all before it; questions that were deleted since have vanished."""
    client = Client(upstream)
    tags = read_tags_of(step.subjects, client)
    for day in step.days:
        yield [*_shares(step.subjects, client, tags, day), *_retained(step.subjects, client, tags, day)]


def _retained(subjects: Sequence[Subject], client: Client, tags: Tags, day: datetime) -> Iterator[Observation]:
    """Yield the questions asked before a past day that still stand."""
    for subject in subjects:
        try:
            with one_answer():
                asked, answer = client.union(tags.of(subject), {}, todate=_stamp(day) - 1)
        except SourceError as error:
            yield from missing([subject], [QUESTIONS], day, error)
            continue
        evidence = {"url": answer.url, "raw_sha256": answer.sha256} if answer else {}
        yield QUESTIONS.of(subject.id, day, asked, method="exact_retained", **evidence)


def _calls_a_day(subjects: Sequence[Subject]) -> int:
    """Return what a past day takes: the site's year, and for each set of tags its year and all before."""
    return 1 + 2 * _sets(subjects)


def _sets(subjects: Sequence[Subject]) -> int:
    return sum(2 ** len(subject.stackoverflow_tags) - 1 for subject in subjects)


def costs(
    subjects: Sequence[Subject],
    memory: Mapping[str, Mapping[str, Any]],
    has_token: bool,  # noqa: FBT001
) -> list[Cost]:
    """Count synonyms, totals and the site's year, a year for each set of tags, and the pages of each turn."""
    sets = _sets(subjects)
    overlaps = sets - sum(len(subject.stackoverflow_tags) for subject in subjects)
    turns = due(subjects, memory.get(ANSWERED.name, {}), NIGHTS_FOR_ANSWERS)
    pages = sum(calls_of(memory.get("questions", {}).get(one.id)) for one in turns)
    calls = 3 + sets + overlaps + pages if subjects else 0
    return [Cost("stackexchange", calls, CALLS_A_DAY[has_token], "day")]


source = Source(
    "stackoverflow",
    collect,
    (QUESTIONS, QUESTIONS_365D, SHARE),
    costs,
    Past(day_by_day("stackoverflow", "stackexchange", _calls_a_day, calls_once=2), _ask_past),
    sometimes=(ANSWERED, FIRST_ANSWER),
    address=Address("stackexchange_api_url", "https://api.stackexchange.com/2.3", "stackexchange_key"),
)
