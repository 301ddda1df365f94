"""How alive a repository is: states from commits, flags and notices, and the pace that is usual for it."""

from datetime import date, datetime, timedelta

import pytest

from catalog.backing import backings, current, evidence_repository, finished, role_of
from catalog.fact import Fact
from catalog.liveness import BLOCK, LEAST_BASE, Signs, base_of, block_ends, state_of
from catalog.load import Catalog
from catalog.subject import Repository, Subject

MAY_DAY = datetime(2026, 5, 1)
LONG_AGO = datetime(2015, 1, 1)


def signs(commits: int, base: float | None, last_days_ago: float = 3, **more) -> Signs:
    return Signs(commits_90d=commits, base_90d=base, last_commit_at=MAY_DAY - timedelta(days=last_days_ago), **more)


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (signs(55, 60), "live"),
        (signs(12, 13), "declining"),
        (signs(13, 13), "live"),
        (signs(12, 12.5), "live"),
        (signs(0, 3), "live"),
        (signs(39, 200), "watch"),
        (signs(40, 200), "live"),
        (signs(0, None), "live"),
        (signs(0, 60, last_days_ago=179.9), "declining"),
        (signs(0, 60, last_days_ago=180), "retired"),
        (signs(0, 3, last_days_ago=400), "retired"),
        (signs(55, 60, is_archived=True), "retired"),
        (signs(12, 60, notice="no longer maintained"), "retired"),
        (signs(13, 60, notice="deprecated"), "watch"),
        (signs(12, 3, was="declining"), "declining"),
        (signs(12, None, was="retired"), "declining"),
        (signs(13, 3, was="declining"), "live"),
        (signs(12, 3, was="watch"), "live"),
        (signs(55, 60, last_days_ago=20_000), "live"),
        (signs(5, 60, last_days_ago=400), "declining"),
    ],
)
def test_a_state_follows_from_commits_flags_and_notices(seen, state):
    assert state_of(seen, MAY_DAY) == state


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (signs(0, 60, last_days_ago=400, is_finished=True), "stable"),
        (signs(5, 60, is_finished=True), "stable"),
        (signs(55, 60, is_finished=True), "live"),
        (signs(0, 60, is_finished=True, is_archived=True), "retired"),
        (signs(0, 60, is_finished=True, notice="deprecated"), "retired"),
    ],
)
def test_what_is_finished_needs_no_commits_but_an_end_is_an_end(seen, state):
    assert state_of(seen, MAY_DAY) == state


def test_the_base_is_the_median_of_what_was_usual_90_to_730_days_ago():
    ends = block_ends(MAY_DAY)
    commits = {end: number for number, end in enumerate(ends)}

    assert all(MAY_DAY - timedelta(days=790) <= end <= MAY_DAY - timedelta(days=90) for end in ends)
    assert base_of(commits, LONG_AGO, MAY_DAY) == (33.0, 21)


def test_the_blocks_lie_on_a_grid_of_their_own_so_that_a_month_later_one_is_new():
    before, after = block_ends(MAY_DAY), block_ends(MAY_DAY + BLOCK)

    assert set(after) - set(before) == {before[-1] + BLOCK}
    assert set(block_ends(MAY_DAY + timedelta(days=7))) - set(before) <= {before[-1] + BLOCK}


def test_a_young_repository_has_no_usual_pace():
    commits = dict.fromkeys(block_ends(MAY_DAY), 20)
    born = MAY_DAY - timedelta(days=300)

    assert base_of(commits, born, MAY_DAY)[0] is None
    assert base_of(commits, MAY_DAY - timedelta(days=90 * 4), MAY_DAY) == (60.0, LEAST_BASE)
    assert min(block_ends(MAY_DAY, born)) > born


def test_a_block_that_was_never_counted_is_not_zero():
    commits = dict.fromkeys(block_ends(MAY_DAY), 20)
    thin = {end: count for number, (end, count) in enumerate(commits.items()) if number % 3}

    assert base_of(thin, LONG_AGO, MAY_DAY) == (None, 0)


# --- what stands behind what ---


def fact(metric: str = "curated.mobile", **more) -> Fact:
    plain = {"subject": "one", "metric": metric, "value": "good", "source": "docs"}
    days = {"valid_from": date(2026, 1, 1), "review_by": date(2026, 7, 1)}
    return Fact(**plain | days | more)


def followed(*facts: Fact, repositories: tuple[Repository, ...] = ()) -> Catalog:
    subject = Subject(id="one", name="One", kind="framework", github="one/one")
    return Catalog((subject,), facts, repositories)


def test_a_role_rests_on_the_repositories_of_the_catalog_and_of_the_newest_fact():
    named = Repository(subject="one", role="mobile", github="one/phone", github_id=7)
    old = fact(valid_from=date(2024, 1, 1), review_by=date(2024, 7, 1), backing_repositories=["one/dead"])
    new = fact(backing_repositories=["one/tablet", "One/Phone"], url="https://github.com/one/docs/blob/main/a.md")

    found = backings(followed(old, new, repositories=(named,)))["one"]

    assert [(one.role, one.repository, one.github_id) for one in found] == [
        ("mobile", "one/phone", 7),
        ("mobile", "one/tablet", None),
        (None, "one/docs", None),
    ]


def test_the_newest_fact_on_a_metric_is_the_one_in_force():
    old, new, other = fact(valid_from=date(2025, 1, 1)), fact(), fact("curated.edge")

    assert current([new, old, other]) == [new, other]


@pytest.mark.parametrize(
    ("metric", "role"), [("curated.mobile", "mobile"), ("curated.mem_amp", None), ("github.stars", None)]
)
def test_a_metric_has_a_role_where_one_is_called_so(metric, role):
    assert role_of(metric) == role


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://github.com/pytorch/serve", "pytorch/serve"),
        ("https://github.com/jax-ml/jax#readme", "jax-ml/jax"),
        ("https://github.com/a/b.js/blob/main/README.md", "a/b.js"),
        ("https://docs.jax.dev/en/latest/", None),
        ("https://github.com/features", None),
        (None, None),
    ],
)
def test_evidence_on_github_lies_in_a_repository(url, repository):
    assert evidence_repository(fact(url=url)) == repository


def test_a_fact_calls_its_repositories_finished_until_its_review():
    stable = fact(maintenance="stable", backing_repositories=["One/Done"])

    assert set(finished([stable], date(2026, 6, 30))) == {"one/done"}
    assert finished([stable], date(2026, 7, 1)) == {}
    assert finished([fact(backing_repositories=["one/done"])], date(2026, 6, 30)) == {}
