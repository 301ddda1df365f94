"""What speaks against a fact is found by rule, named with its repository, and silent where nothing is known."""

from datetime import date, datetime

import pytest

from catalog.backing import Backing
from catalog.fact import Fact
from scoring.words.review import findings, page_findings

TODAY = date(2026, 5, 1)
PHONE = "one/phone"
BEHIND = (Backing("one", "mobile", PHONE),)


def fact(**more) -> Fact:
    plain = {"subject": "one", "metric": "curated.mobile", "value": "good", "source": "docs"}
    days = {"valid_from": date(2026, 1, 1), "review_by": date(2026, 7, 1)}
    return Fact(**plain | days | more)


def seen(state: str | None = "live", **more) -> dict:
    plain = {"repository": PHONE, "full_name": PHONE, "is_archived": False, "notice": None, "reason": None}
    counts = {"commits_90d": 4, "base_commits_90d": 60.0, "last_commit_at": datetime(2026, 4, 1)}
    return plain | counts | {"state": state, "detail": None} | more


def found(*facts: Fact, behind=BEHIND, states=None, measured=()) -> list[tuple[str, str]]:
    rows = findings(facts, {"one": behind}, states or {}, set(measured), TODAY)
    return [(row["finding"], row["about"]) for row in rows]


@pytest.mark.parametrize(
    ("last", "finding"),
    [
        (seen(), []),
        (seen("stable"), []),
        (seen("retired", is_archived=True), ["archived"]),
        (seen("retired", notice="It is retired."), ["notice"]),
        (seen("watch", notice="It is retired."), ["notice"]),
        (seen("retired", is_archived=True, notice="It is retired."), ["archived", "notice"]),
        (seen("retired"), ["retired"]),
        (seen("declining"), ["declining"]),
        (seen("watch"), ["watch"]),
        (seen(full_name="two/phone"), ["moved"]),
        (seen(full_name="One/Phone"), []),
        (seen(None, reason="not_found", full_name=None, detail="GitHub has no repository one/phone"), ["not_found"]),
    ],
)
def test_the_repositories_of_its_role_speak_against_a_fact(last, finding):
    assert found(fact(), states={PHONE: last}) == [(one, PHONE) for one in finding]


def test_so_do_its_own_repositories_each_once_and_no_others():
    own = fact(metric="curated.mem_amp", backing_repositories=["One/Phone"])

    assert found(own, states={PHONE: seen("declining")}) == [("declining", "One/Phone")]
    assert found(fact(metric="curated.mem_amp"), states={PHONE: seen("declining")}) == []
    both = fact(backing_repositories=[PHONE])
    assert found(both, states={PHONE: seen("declining")}) == [("declining", PHONE)]


def test_what_was_never_seen_says_nothing():
    assert found(fact(), states={}) == []


def test_evidence_that_is_gone_speaks_against_a_fact_and_evidence_that_is_old_does_not():
    told = fact(url="https://github.com/one/docs/blob/main/a.md")
    gone = seen(None, reason="not_found", full_name=None, detail="gone")

    assert found(told, states={"one/docs": gone}) == [("not_found", "one/docs")]
    assert found(told, states={"one/docs": seen("retired", is_archived=True)}) == []


@pytest.mark.parametrize(("day", "finding"), [(date(2026, 5, 1), [("expired", "")]), (date(2026, 5, 2), [])])
def test_a_fact_has_expired_on_its_day_of_review(day, finding):
    assert found(fact(review_by=day)) == finding


def test_two_readers_that_disagree_are_a_finding():
    assert found(fact(contested=True)) == [("contested", "")]


def test_what_a_newer_fact_replaced_or_a_source_measures_is_left_alone():
    old = fact(valid_from=date(2024, 1, 1), review_by=date(2024, 7, 1))

    assert found(old, fact()) == []
    assert found(old) == [("expired", "")]
    assert found(old, measured=[("one", "curated.mobile")]) == []


def test_a_finding_says_what_was_seen():
    states = {PHONE: seen("declining")}
    [row] = findings([fact()], {"one": BEHIND}, states, set(), TODAY)

    assert row["kind"] == "contradicted"
    assert row["detail"] == ("one/phone has 4 commits in 90 days, the last on 2026-04-01; its usual number is 60")


def test_a_decline_without_a_usual_number_is_told_without_one():
    states = {PHONE: seen("declining", base_commits_90d=None)}
    [row] = findings([fact()], {"one": BEHIND}, states, set(), TODAY)

    assert row["detail"] == "one/phone has 4 commits in 90 days, the last on 2026-04-01"


@pytest.mark.parametrize(
    ("state", "finding"),
    [
        ("stands", []),
        ("unread", []),
        (None, []),
        ("changed", ["words_changed"]),
        ("gone", ["page_gone"]),
        ("moved", ["page_moved"]),
    ],
)
def test_a_page_that_no_longer_says_so_speaks_against_its_newest_fact(state, finding):
    older, newer = fact(valid_from=date(2025, 1, 1)), fact()
    readings = {one.key: {"state": state, "detail": "what was found"} for one in (older, newer)}

    rows = page_findings([older, newer], readings, set())

    assert [(row["finding"], row["valid_from"]) for row in rows] == [(one, newer.valid_from) for one in finding]


def test_the_page_behind_what_is_measured_opens_no_row():
    readings = {fact().key: {"state": "gone", "detail": "404"}}

    assert page_findings([fact()], readings, {("one", "curated.mobile")}) == []
