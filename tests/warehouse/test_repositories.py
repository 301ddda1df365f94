"""What was seen of repositories is kept once; the queue of reviews opens a row once and closes what no longer stands."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from catalog.fact import Fact
from catalog.rows import Rows
from tests.warehouse.builders import FOLLOWED, bring, learned
from warehouse.facts import FACTS, land_facts
from warehouse.query import rows
from warehouse.repositories import keep_reviews, repository_states
from warehouse.scores import evidence

MAY_DAY = datetime(2026, 5, 1)
WEEK = timedelta(days=7)
EVER_AFTER = datetime(2027, 1, 1)


def seen(at: datetime = MAY_DAY, state: str | None = "live", repository: str = "one/phone", **more) -> dict:
    plain = dict.fromkeys(FACTS["repository_state"]) | {
        "repository": repository,
        "valid_at": at,
        "state": state,
        "github_id": 9,
    }
    return plain | more


def block(until: datetime, commits: int) -> dict:
    return dict(zip(FACTS["repository_commits"], (9, until, commits), strict=True))


def look(warehouse, states: list[dict], commits: list[dict], run: str) -> None:
    facts = [Rows("repository_state", tuple(states)), Rows("repository_commits", tuple(commits))]
    land_facts(warehouse, facts, MAY_DAY, run)


def finding(about: str = "one/phone", **more) -> dict:
    plain = {"subject": "one", "metric": "curated.mobile", "source": "docs", "valid_from": date(2026, 1, 1)}
    return plain | {"kind": "contradicted", "finding": "archived", "about": about, "detail": "is archived"} | more


def test_the_same_look_lands_once_and_a_block_is_counted_once(warehouse):
    for run in ("one", "two"):
        look(warehouse, [seen()], [block(MAY_DAY, 5 if run == "one" else 6)], run)

    assert warehouse.execute("select count(*) from repository_state").fetchone() == (1,)
    assert warehouse.execute("select commits from repository_commits").fetchall() == [(5,)]


def test_the_last_word_is_the_newest_look_that_saw_something_or_found_it_gone(warehouse):
    looks = [
        seen(state="watch"),
        seen(MAY_DAY + WEEK, None, reason="unreachable"),
        seen(repository="One/Gone"),
        seen(MAY_DAY + WEEK, None, repository="one/gone", reason="not_found"),
    ]
    look(warehouse, looks, [], "one")

    found = {row["repository"].lower(): (row["state"], row["reason"]) for row in repository_states(warehouse)}
    assert found == {"one/phone": ("watch", None), "one/gone": (None, "not_found")}


def test_the_memory_knows_when_a_repository_was_asked_and_seen_and_its_past(warehouse):
    looks = [seen(state="watch"), seen(MAY_DAY + WEEK, None, reason="not_found", github_id=None)]
    looks.append(seen(MAY_DAY + 2 * WEEK, None, reason="unreachable", github_id=None))
    look(warehouse, looks, [block(MAY_DAY - WEEK, 3), block(MAY_DAY - 2 * WEEK, 4)], "one")

    [row] = rows(warehouse, "memory_repositories", before=EVER_AFTER)

    assert (row["asked_at"], row["seen_at"], row["state"]) == (MAY_DAY + WEEK, MAY_DAY, "watch")
    assert (row["ends"], row["commits"]) == ([MAY_DAY - 2 * WEEK, MAY_DAY - WEEK], [4, 3])
    assert rows(warehouse, "memory_repositories", before=MAY_DAY) == []


def test_the_memory_knows_who_was_seen_without_a_state(warehouse):
    incomplete = {"reason": "incomplete", "commits_90d": 5}
    looks = [seen(state="live"), seen(MAY_DAY + WEEK, None, **incomplete)]
    look(warehouse, [*looks, seen(MAY_DAY, None, "one/new", **incomplete), seen(repository="one/told")], [], "one")

    found = {row["repository"]: row for row in rows(warehouse, "memory_repositories", before=EVER_AFTER)}

    assert {name: (row["is_told"], row["state"]) for name, row in found.items()} == {
        "one/phone": (False, "live"), "one/new": (False, None), "one/told": (True, "live"),
    }  # fmt: skip
    assert found["one/phone"]["asked_at"] == MAY_DAY + WEEK


def test_a_review_is_opened_once_and_closed_when_it_no_longer_stands(warehouse):
    keep_reviews(warehouse, [finding(), finding("one/tablet")], MAY_DAY, "one")
    keep_reviews(warehouse, [finding(detail="is still archived")], MAY_DAY + WEEK, "two")
    keep_reviews(warehouse, [finding(), finding("one/tablet")], MAY_DAY + 2 * WEEK, "three")

    found = warehouse.execute("select about, opened_at, closed_at, detail from review_queue order by opened_at, about")
    assert found.fetchall() == [
        ("one/phone", MAY_DAY, None, "is archived"),
        ("one/tablet", MAY_DAY, MAY_DAY + WEEK, "is archived"),
        ("one/tablet", MAY_DAY + 2 * WEEK, None, "is archived"),
    ]
    assert rows(warehouse, "open_review_count") == [
        {"kind": "contradicted", "findings": 2, "facts": 1, "oldest": MAY_DAY}
    ]


def test_evidence_says_since_when_a_fact_is_doubted_as_it_was_known(warehouse):
    days = {"valid_from": date(2026, 1, 1), "review_by": date(2026, 12, 1)}
    fact = Fact(subject="jax", metric="curated.mobile", value="good", source="docs", confidence="high", **days)
    bring(warehouse, fact.observe(), at=0, catalog=replace(FOLLOWED, facts=(fact,)))
    keep_reviews(warehouse, [finding(subject="jax")], learned(2), "one")
    keep_reviews(warehouse, [], learned(4), "two")

    def told(known: int) -> tuple[str, datetime | None]:
        row = evidence(warehouse, ["curated.mobile"], learned(known), EVER_AFTER).row(0, named=True)
        return row["confidence"], row["doubted_at"]

    assert [told(known) for known in (1, 2, 3, 4)] == [
        ("high", None), ("high", learned(2)), ("high", learned(2)), ("high", None),
    ]  # fmt: skip
