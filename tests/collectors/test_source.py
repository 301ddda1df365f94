"""What every source promises: one that fails costs only itself, and every absence has its reason."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.metric import METRICS
from catalog.observation import Reason
from catalog.subject import Subject
from collectors.errors import GoneError, LimitError, NoAnswerError
from collectors.missing import missing
from collectors.source import AHEAD, ask_each, begun, sources
from collectors.upstream import Upstream
from tests.collectors.loopback import MAY_DAY, seam

STARS, FORKS = METRICS["github.stars"], METRICS["github.forks"]


def test_a_subject_that_fails_costs_only_itself_and_every_metric_of_it():
    def ask(subject):
        if subject.id == "b":
            raise GoneError("no b")
        return [STARS.of(subject.id, MAY_DAY, 3), FORKS.of(subject.id, MAY_DAY, 1)]

    found = asked(ask, "a", "b", "c")

    assert {one.subject for one in found if one.has_value} == {"a", "c"}
    assert [(one.metric, one.reason) for one in found if one.subject == "b"] == [
        ("github.stars", Reason.NOT_FOUND),
        ("github.forks", Reason.NOT_FOUND),
    ]


@pytest.mark.parametrize(("subjects", "begins"), [(AHEAD, True), (AHEAD + 1, False)], ids=["few", "very many"])
def test_what_is_asked_beside_something_else_begins_at_once_unless_its_answers_would_fill_the_memory(subjects, begins):
    begun_asking = threading.Event()

    def ask():
        begun_asking.set()
        yield from range(3)

    with ThreadPoolExecutor(1) as pool:
        give = begun(pool, ask, [None] * subjects)
        assert begun_asking.wait(5 if begins else 0) is begins
        assert list(give()) == [0, 1, 2]


def test_several_are_asked_at_once_and_no_more_than_allowed():
    under_way, peak, lock = 0, 0, threading.Lock()
    two = threading.Barrier(2, timeout=5)

    def ask(subject):
        nonlocal under_way, peak
        with lock:
            under_way += 1
            peak = max(peak, under_way)
        two.wait()
        with lock:
            under_way -= 1
        return []

    asked(ask, *"abcdefgh", at_once=2)

    assert peak == 2


def test_the_same_failure_of_many_is_one_line_with_the_next_step(caplog):
    def ask(subject):
        raise LimitError("over the limit")

    with caplog.at_level(logging.WARNING):
        asked(ask, "a", "b", "c")

    assert [record.getMessage() for record in caplog.records] == [
        "github: a, b, c: over the limit; next: wait, or set a token for a higher limit"
    ]


@pytest.mark.parametrize(
    "error", [OverflowError, RecursionError, KeyError, ZeroDivisionError], ids=lambda error: error.__name__
)
def test_an_answer_that_nobody_foresaw_costs_only_its_own_cells(error):
    def ask(subject):
        if subject.id == "b":
            raise error
        return [STARS.of(subject.id, MAY_DAY, 3), FORKS.of(subject.id, MAY_DAY, 1)]

    found = asked(ask, "a", "b", "c")

    assert {one.subject for one in found if one.has_value} == {"a", "c"}
    assert [one.reason for one in found if one.subject == "b"] == [Reason.SCHEMA_CHANGED] * 2


@pytest.mark.parametrize("error", [OSError, MemoryError], ids=lambda error: error.__name__)
def test_a_fault_of_our_own_machine_is_not_taken_for_one_of_the_source(error):
    def ask(subject):
        raise error

    with pytest.raises(error):
        asked(ask, "a")


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.name)
def test_a_source_says_what_it_would_answer_tonight_out_of_its_own_metrics(source):
    told = {metric for _, metric in source.tonight([subject("a")], {}, MAY_DAY)}

    assert told <= {*source.metrics, *source.sometimes}
    assert told >= set(source.metrics)


def test_missing_is_said_of_each_metric_of_each_subject():
    found = list(missing([subject("a"), subject("b")], [STARS, FORKS], MAY_DAY, NoAnswerError("silence")))

    assert [(one.subject, one.metric) for one in found] == [
        ("a", "github.stars"),
        ("a", "github.forks"),
        ("b", "github.stars"),
        ("b", "github.forks"),
    ]
    assert {one.reason for one in found} == {Reason.UNREACHABLE}
    assert {one.value for one in found} == {None}


def test_sources_are_found_by_their_files():
    assert {"github", "stackoverflow", "discourse", "discord", "pwc"} <= set(sources())


def subject(slug: str) -> Subject:
    return Subject(id=slug, name=slug, kind="framework", github=f"o/{slug}")


def asked(ask, *slugs: str, at_once: int = 8) -> list:
    with seam() as http:
        upstream = Upstream(http, "", max_concurrency=at_once)
        return list(ask_each([subject(slug) for slug in slugs], ask, [STARS, FORKS], upstream, MAY_DAY))
