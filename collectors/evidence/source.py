"""Evidence: whether the words that a fact quotes still stand at their address, each page once in 30 days.

See docs/facts.md#facts-re-read-themselves.

A page that still says so confirms its facts; one that lost the words, or is gone, opens a row of the review queue. What
could not be read says nothing, and is read again after a week.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from catalog.fact import Fact
from catalog.metric import METRICS
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, MovedError, SourceError
from collectors.evidence.words import stand_among, text_of, words
from collectors.missing import missing
from collectors.reading import one_answer
from collectors.source import Address, Cost, Source
from collectors.transport.turns import HALF_A_DAY
from collectors.upstream import Found, Memory, Upstream

STANDING = METRICS["evidence.words_standing"]
PAGES_A_NIGHT = 10
AGAIN, SOON = timedelta(days=30), timedelta(days=7)
FEWEST_WORDS = 30  # a page with fewer is put together by a script, and shows us nothing


class State(StrEnum):
    """What was found at the address of a fact."""

    STANDS = "stands"
    CHANGED = "changed"
    GONE = "gone"
    MOVED = "moved"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found of one fact; without an error its page was read."""

    fact: Fact
    state: State
    error: SourceError | None = None
    raw_sha256: str | None = None


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Read the pages whose turn has come, and say of each subject how much of what it rests on still stands."""
    quoted = tonight(subjects, upstream.memory, valid_at)
    if not quoted:
        return
    with ThreadPoolExecutor(upstream.max_concurrency) as pool:
        readings = [one for some in pool.map(lambda page: _read(page, quoted[page], upstream), quoted) for one in some]
    yield Rows("fact_reading", tuple(_row(one, valid_at) for one in readings))
    yield from _standing(subjects, readings, valid_at)


def tonight(subjects: Sequence[Subject], memory: Memory, now: datetime) -> dict[str, list[Fact]]:
    """Return the pages to read tonight with the facts that quote them: those never read, then the longest unread."""
    pages, known = _quoted(subjects, memory), memory.get("pages", {})
    due = [page for page in pages if page not in known or now - known[page]["read_at"] >= _pause(known[page])]
    due.sort(key=lambda page: (page in known, known[page]["read_at"] if page in known else now))
    return {page: pages[page] for page in due[:PAGES_A_NIGHT]}


def _quoted(subjects: Sequence[Subject], memory: Memory) -> dict[str, list[Fact]]:
    """Return every page that facts of the subjects quote, with these facts."""
    pages: dict[str, list[Fact]] = defaultdict(list)
    for fact in (fact for one in subjects for fact in memory.get("facts", {}).get(one.id, ())):
        if fact.url and words(fact.quote or ""):
            pages[fact.url].append(fact)
    return pages


def _pause(last: Mapping[str, Any]) -> timedelta:
    return (SOON if last["state"] == State.UNREAD else AGAIN) - HALF_A_DAY


def _read(page: str, facts: Sequence[Fact], upstream: Upstream) -> list[Reading]:
    """Read a page, and say of each fact whether its words stand there."""
    address = f"{upstream.base_url}/{page}" if upstream.base_url else page
    try:
        with one_answer():
            answer = upstream.http.get(address.partition("#")[0])
            printed = words(text_of(answer))
            stands = [stand_among(fact.quote or "", printed) for fact in facts]
        if len(printed) < FEWEST_WORDS:
            few = f"fewer than {FEWEST_WORDS} words without a browser" if printed else "no word"
            raise ChangedError(f"{page} shows {few} ({answer.status})")
    except SourceError as error:
        return [Reading(fact, _state_without(error), error) for fact in facts]
    states = [State.STANDS if one else State.CHANGED for one in stands]
    return [Reading(fact, state, None, answer.sha256) for fact, state in zip(facts, states, strict=True)]


def _state_without(error: SourceError) -> State:
    if isinstance(error, GoneError):
        return State.GONE
    return State.MOVED if isinstance(error, MovedError) else State.UNREAD


def _row(one: Reading, read_at: datetime) -> dict[str, Any]:
    """Return the row of `fact_reading`."""
    named = dict(zip(("subject", "metric", "source", "valid_from"), one.fact.key, strict=True))
    detail = str(one.error) if one.error else None
    if one.state == State.CHANGED:
        detail = f"{one.fact.url} no longer says: {one.fact.quote}"
    found = {"url": one.fact.url, "read_at": read_at, "state": one.state.value, "detail": detail}
    return {**named, **found, "raw_sha256": one.raw_sha256}


def _standing(subjects: Sequence[Subject], readings: Sequence[Reading], valid_at: datetime) -> Iterator[Found]:
    """Yield, by subject, the share of the facts read tonight whose words stand; where none could be read, why."""
    lost: dict[str, tuple[SourceError, list[Subject]]] = {}
    for subject in subjects:
        own = [one for one in readings if one.fact.subject == subject.id]
        judged = [one for one in own if one.state != State.UNREAD]
        if judged:
            standing = sum(one.state == State.STANDS for one in judged)
            yield STANDING.of(subject.id, valid_at, standing / len(judged), n=len(judged), url=judged[0].fact.url)
        elif own and own[0].error:
            lost.setdefault(str(own[0].error), (own[0].error, []))[1].append(subject)
    for error, silent in lost.values():
        yield from missing(silent, [STANDING], valid_at, error)


def costs(subjects: Sequence[Subject], memory: Memory, _has_token: object) -> list[Cost]:
    """Take one call a page, of so many at most."""
    return [Cost("pages of facts", min(len(_quoted(subjects, memory)), PAGES_A_NIGHT))]


source = Source("evidence", collect, (), costs, sometimes=(STANDING,), address=Address("evidence_url"))
