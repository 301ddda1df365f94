"""Issues page by page: each once, pull requests never, and a walk that was killed goes on where it was."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import graphql
import pytest

from catalog.subject import Subject
from collectors.errors import (
    ChangedError,
    GoneError,
    IncompleteError,
    LimitError,
    NoAnswerError,
    RestrictedError,
    SourceError,
)
from collectors.github.accounts import kind_of
from collectors.github.issue_pages import (
    IssueFact,
    Walk,
    first_page_field,
    issue_fields,
    issue_rows,
    issues_query,
    pages,
    read_issue,
)
from collectors.github_api.client import FINGERPRINT
from collectors.transport.archive import Archive
from flows.replica.graphql import schema as replica_schema

MAY_DAY = datetime(2026, 5, 1)
JAX = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax", github_id=7)
ALICE = {"__typename": "User", "login": "alice"}
BOB = {"__typename": "User", "login": "bob"}
STALE_BOT = {"__typename": "Bot", "login": "stale"}

# --- one issue ---


def test_a_closed_issue_is_read_whole():
    found = read_issue(node(3, state="CLOSED", closedAt=stamp(2), stateReason="DUPLICATE", comments=said((BOB, 1))))

    assert found == IssueFact(
        number=3,
        created_at=MAY_DAY,
        closed_at=MAY_DAY + timedelta(hours=2),
        state_reason="DUPLICATE",
        author_kind="human",
        first_response_at=MAY_DAY + timedelta(hours=1),
        is_comment_known=True,
        updated_at=MAY_DAY + timedelta(hours=3),
    )


def test_a_time_is_the_same_in_whichever_zone_it_is_told():
    assert read_issue(node(3, createdAt="2026-05-01T02:00:00+02:00")).created_at == MAY_DAY


def test_a_reopened_issue_has_no_close():
    found = read_issue(node(1, state="OPEN", closedAt=stamp(2), stateReason="REOPENED"))

    assert found.closed_at is None
    assert found.state_reason == "REOPENED"


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        (ALICE, "human"),
        ({"__typename": "Mannequin", "login": "imported"}, "human"),
        (STALE_BOT, "bot"),
        ({"__typename": "User", "login": "Renovate[bot]"}, "bot"),
        ({"__typename": "User", "login": "PyTorchMergeBot"}, "bot"),
        ({"__typename": "User", "login": "tensorflower-gardener"}, "human"),
        (None, "gone"),
    ],
    ids=[
        "a user",
        "an imported account",
        "an app",
        "an app that only its name tells",
        "a program with the account of a user",
        "people behind one name",
        "a deleted account",
    ],
)
def test_an_author_is_a_human_a_bot_or_gone(author, kind):
    assert kind_of(author) == kind
    assert read_issue(node(1, author=author)).author_kind == kind


@pytest.mark.parametrize(
    ("comments", "author", "hours", "is_known"),
    [
        (((ALICE, 1), (STALE_BOT, 2), (BOB, 3), (BOB, 4)), ALICE, 3, True),
        ((({"__typename": "User", "login": "ALICE"}, 1),), ALICE, None, True),
        ((), ALICE, None, True),
        (((None, 1),), ALICE, 1, True),
        (((None, 1),), None, None, True),
        (((BOB, 1),), None, 1, True),
    ],
    ids=[
        "the first other human",
        "the author in capitals",
        "no comment",
        "a deleted account answered",
        "two deleted accounts may be one",
        "the author is gone",
    ],
)
def test_a_response_is_the_first_comment_of_another_human(comments, author, hours, is_known):
    found = read_issue(node(1, author=author, comments=said(*comments)))

    assert found.first_response_at == (MAY_DAY + timedelta(hours=hours) if hours else None)
    assert found.is_comment_known is is_known


def test_comments_that_were_not_fetched_may_hold_the_response():
    unanswered = read_issue(node(1, comments=said((ALICE, 1), total=30)))
    answered = read_issue(node(1, comments=said((BOB, 1), total=30)))

    assert not unanswered.is_comment_known
    assert answered.is_comment_known


@pytest.mark.parametrize("field", ["number", "createdAt", "closedAt", "updatedAt", "state", "stateReason", "author"])
def test_a_field_that_is_gone_is_named(field):
    broken = {name: value for name, value in node(1, state="CLOSED", closedAt=stamp(2)).items() if name != field}

    with pytest.raises(ChangedError, match=field):
        read_issue(broken)


def test_a_time_that_is_none_is_refused():
    with pytest.raises(ChangedError, match="where a time was expected"):
        read_issue(node(1, createdAt=None))


def test_issues_become_rows_of_their_table():
    found = issue_rows(JAX, [read_issue(node(4))])

    assert found.table == "issue"
    assert [(row["subject"], row["number"], row["author_kind"]) for row in found.rows] == [("jax", 4, "human")]


# --- the query ---


def test_the_queries_are_what_github_understands(schema):
    assert graphql.validate(schema, graphql.parse(issues_query())) == []
    assert graphql.validate(schema, graphql.parse(for_many(MAY_DAY))) == []


@pytest.mark.parametrize("since", [None, MAY_DAY], ids=["everything", "what changed since"])
def test_the_replica_understands_the_queries(since):
    assert graphql.validate(replica_schema(), graphql.parse(issues_query())) == []
    assert graphql.validate(replica_schema(), graphql.parse(for_many(since))) == []


# --- pages ---


def test_every_page_is_given_in_order():
    upstream = Upstream(range(1, 251))

    found = [[fact.number for fact in page] for page in pages(upstream, JAX, None)]

    assert [len(page) for page in found] == [100, 100, 50]
    assert [number for page in found for number in page] == list(range(1, 251))
    assert [one.get("after") for one in upstream.asked] == [None, "100", "200"]
    assert "filter" not in upstream.asked[0]


def test_only_what_changed_since_is_asked_for():
    upstream = Upstream(range(1, 3))

    assert len(list(pages(upstream, JAX, MAY_DAY))) == 1
    assert upstream.asked[0]["filter"] == {"since": "2026-05-01T00:00:00Z"}


def test_a_first_page_that_came_along_is_not_asked_for_again():
    upstream = Upstream(range(1, 151))

    found = [len(page) for page in pages(upstream, JAX, None, first_page=upstream.page(None, 100))]

    assert found == [100, 50]
    assert [one["after"] for one in upstream.asked] == ["100"]


def test_a_first_page_that_holds_all_costs_no_request():
    upstream = Upstream(range(1, 51))

    assert [len(page) for page in pages(upstream, JAX, None, first_page=upstream.page(None, 100))] == [50]
    assert upstream.asked == []


@pytest.mark.parametrize("fault", [NoAnswerError("502"), IncompleteError("half")], ids=["no answer", "half an answer"])
def test_after_a_fault_pages_get_smaller_and_the_walk_goes_on(fault):
    upstream = Upstream(range(1, 251), faults={1: fault, 2: fault})

    found = [fact.number for page in pages(upstream, JAX, None) for fact in page]

    assert found == list(range(1, 251))
    assert [one["first"] for one in upstream.asked] == [100, 100, 50, 25, 25, 25, 25, 25, 25]


def test_a_server_that_fails_at_the_smallest_page_fails_the_walk():
    upstream = Upstream(range(1, 251), faults=dict.fromkeys(range(1, 9), NoAnswerError("502")))
    found = []

    with pytest.raises(NoAnswerError):
        found += pages(upstream, JAX, None)
    assert [one["first"] for one in upstream.asked] == [100, 100, 50, 25]


@pytest.mark.parametrize("fault", [LimitError("over"), ChangedError("what?")], ids=["a limit", "a changed answer"])
def test_what_a_smaller_page_cannot_mend_is_raised_at_once(fault):
    upstream = Upstream(range(1, 251), faults={1: fault})

    with pytest.raises(type(fault)):
        list(pages(upstream, JAX, None))
    assert len(upstream.asked) == 2


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("NOT_FOUND", GoneError),
        ("FORBIDDEN", RestrictedError),
        ("RATE_LIMITED", LimitError),
        ("RESOURCE_LIMITS_EXCEEDED", IncompleteError),
    ],
)
def test_half_an_answer_is_no_answer(kind, error):
    whole = Upstream(range(1, 3)).payload(None, 100)

    with pytest.raises(error, match="jax-ml/jax: no"):
        list(pages(answering({**whole, "errors": [{"type": kind, "message": "no"}]}), JAX, None))


def test_the_issues_of_another_repository_are_refused():
    stranger = Subject(id="jax", name="JAX", kind="framework", github="jax-ml/jax", github_id=8)

    with pytest.raises(GoneError, match="another repository"):
        list(pages(Upstream(range(1, 3)), stranger, None))


def test_a_page_with_a_hole_is_refused():
    whole = Upstream(range(1, 3)).payload(None, 100)
    whole["data"]["repository"]["issues"]["nodes"][1] = None

    with pytest.raises(IncompleteError, match="left an issue out"):
        list(pages(answering(whole), JAX, None))


def test_a_cursor_that_stands_still_ends_the_walk():
    page = {"nodes": [node(1)], "pageInfo": {"hasNextPage": True, "endCursor": "1"}}
    same = {"data": {"repository": {"databaseId": 7, "issues": page}}}

    with pytest.raises(IncompleteError, match="no way to them"):
        list(pages(answering(same), JAX, None))


# --- a walk that is killed ---


@pytest.fixture
def archive(tmp_path) -> Archive:
    return Archive(tmp_path, "run")


def test_a_killed_walk_goes_on_at_the_next_page(archive, tmp_path):
    killed_after(3, Upstream(range(1, 601), archive), archive, tmp_path)
    upstream = Upstream(range(1, 601), archive)

    found = numbers(pages(upstream, JAX, None, walk=walk(archive, tmp_path)))

    assert found == list(range(1, 601))
    assert [one["after"] for one in upstream.asked] == ["300", "400", "500"]


def test_a_walk_killed_twice_keeps_all_its_pages(archive, tmp_path):
    killed_after(2, Upstream(range(1, 601), archive), archive, tmp_path)
    killed_after(4, Upstream(range(1, 601), archive), archive, tmp_path)
    upstream = Upstream(range(1, 601), archive)

    assert numbers(pages(upstream, JAX, None, walk=walk(archive, tmp_path))) == list(range(1, 601))
    assert len(upstream.asked) == 2


def test_what_changed_while_the_walk_was_dead_comes_at_its_end(archive, tmp_path):
    killed_after(2, Upstream(range(1, 401), archive), archive, tmp_path)
    moved = Upstream([*range(1, 17), *range(18, 401), 17], archive, skip=1)

    found = numbers(pages(moved, JAX, None, walk=walk(archive, tmp_path)))

    assert set(found) == set(range(1, 401))
    assert found[-1] == 17


def test_a_walk_that_was_whole_but_did_not_land_is_not_asked_again(archive, tmp_path):
    list(pages(Upstream(range(1, 301), archive), JAX, None, walk=walk(archive, tmp_path)))
    upstream = Upstream(range(1, 301), archive)

    assert numbers(pages(upstream, JAX, None, walk=walk(archive, tmp_path))) == list(range(1, 301))
    assert [one["after"] for one in upstream.asked] == ["300"]


def test_a_walk_that_has_landed_is_forgotten(archive, tmp_path):
    killed_after(2, Upstream(range(1, 401), archive), archive, tmp_path)
    upstream = Upstream([], archive)

    assert numbers(pages(upstream, JAX, MAY_DAY, walk=walk(archive, tmp_path))) == []
    assert "after" not in upstream.asked[0]
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_a_walk_whose_first_page_came_along_needs_one_again(archive, tmp_path):
    first = Upstream(range(1, 401), archive).page(None, 100)
    killed_after(2, Upstream(range(1, 401), archive), archive, tmp_path, first_page=first)
    anew, going_on = Upstream(range(1, 401), archive), Upstream(range(1, 401), archive)

    found = numbers(pages(going_on, JAX, None, first_page=first, walk=walk(archive, tmp_path)))

    assert found == list(range(1, 401))
    assert [one["after"] for one in going_on.asked] == ["200", "300"]
    assert numbers(pages(anew, JAX, None, walk=walk(archive, tmp_path))) == list(range(1, 401))
    assert len(anew.asked) == 4


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"since": null, "has_first": true, "cursor": "9", "pages": ["no such page"]}', '{"since": nu'],
    ids=["empty", "a list", "without fields", "pages that are gone", "cut short"],
)
def test_a_checkpoint_that_cannot_be_read_is_ignored(archive, tmp_path, text):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "7-issues.json").write_text(text)
    upstream = Upstream(range(1, 151), archive)

    assert numbers(pages(upstream, JAX, None, walk=walk(archive, tmp_path))) == list(range(1, 151))


def test_a_page_that_rotted_in_the_archive_is_fetched_again(archive, tmp_path):
    killed_after(2, Upstream(range(1, 301), archive), archive, tmp_path)
    for kept in (tmp_path / "objects").rglob("*.gz"):
        kept.write_bytes(kept.read_bytes()[:20])
    upstream = Upstream(range(1, 301), archive)

    found = pages(upstream, JAX, None, walk=Walk(tmp_path, 7, archive.load))

    assert numbers(found) == list(range(1, 301))


def test_a_cursor_that_github_refuses_is_not_kept(archive, tmp_path):
    killed_after(2, Upstream(range(1, 401), archive), archive, tmp_path)
    refused = {"data": {}, "errors": [{"type": "INVALID_CURSOR_ARGUMENTS", "message": "what is 200?"}]}

    with pytest.raises(ChangedError):
        list(pages(answering(refused), JAX, None, walk=walk(archive, tmp_path)))
    upstream = Upstream(range(1, 401), archive)

    assert numbers(pages(upstream, JAX, None, walk=walk(archive, tmp_path))) == list(range(1, 401))


# --- builders ---


class Upstream:
    """GitHub with issues in the order of their last change; `faults` are raised at those requests, from 0."""

    def __init__(self, issues, archive: Archive | None = None, faults: Mapping[int, SourceError] | None = None, skip=0):
        self.issues, self.archive, self.faults, self.skip = list(issues), archive, dict(faults or {}), skip
        self.asked: list[dict[str, Any]] = []

    def __call__(self, query: str, variables: Mapping[str, Any]) -> tuple[Mapping[str, str], Any]:
        assert query == issues_query()
        self.asked.append({name: value for name, value in variables.items() if name not in {"owner", "name"}})
        if fault := self.faults.get(len(self.asked) - 1):
            raise fault
        payload = self.payload(variables.get("after"), variables["first"])
        kept = self.archive.store(json.dumps(payload).encode()) if self.archive else "f" * 64
        return {FINGERPRINT: kept}, payload

    def payload(self, after: str | None, first: int) -> dict[str, Any]:
        return {"data": {"repository": {"databaseId": 7, "issues": self.page(after, first)}}}

    def page(self, after: str | None, first: int) -> dict[str, Any]:
        start = int(after) - self.skip if after else 0
        end = min(start + first, len(self.issues))
        info = {"hasNextPage": end < len(self.issues), "endCursor": str(end + self.skip) if end > start else None}
        return {"pageInfo": info, "nodes": [node(number) for number in self.issues[start:end]]}


def answering(payload: Any) -> Callable[..., Any]:
    return lambda query, variables: ({FINGERPRINT: "f" * 64}, payload)


def killed_after(count: int, upstream: Upstream, archive: Archive, folder, **more) -> None:
    walked = pages(upstream, JAX, None, walk=walk(archive, folder), **more)
    for _ in range(count):
        next(walked)
    walked.close()


def walk(archive: Archive, folder) -> Walk:
    return Walk(folder, 7, archive.load)


def numbers(found) -> list[int]:
    return [fact.number for page in found for fact in page]


def for_many(since: datetime | None) -> str:
    return f'query {{ r0: repository(owner: "a", name: "b") {{ {first_page_field(since)} }} }}\n{issue_fields()}'


def node(number: int, **more: Any) -> dict[str, Any]:
    plain = {"createdAt": stamp(0), "closedAt": None, "updatedAt": stamp(3), "state": "OPEN", "stateReason": None}
    return {"number": number, **plain, "author": ALICE, "comments": said(), **more}


def said(*comments: tuple[Any, int], total: int | None = None) -> dict[str, Any]:
    nodes = [{"createdAt": stamp(hours), "author": author} for author, hours in comments]
    return {"totalCount": len(nodes) if total is None else total, "nodes": nodes}


def stamp(hours: int) -> str:
    return f"{MAY_DAY + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
