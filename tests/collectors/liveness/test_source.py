"""Repositories behind roles: whose turn it is, what one query asks, what is read, and what follows for the roles."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import graphql
import pytest

from catalog.backing import Backing
from catalog.liveness import STATES, block_ends
from catalog.moments import midnight
from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors.errors import ChangedError, GoneError, IncompleteError, NoAnswerError
from collectors.liveness import source as liveness
from collectors.liveness.repository_states import WINDOWS_A_QUERY, Question, Seen, batches, read_state, states_query
from collectors.liveness.roles import State, observe
from collectors.liveness.source import tonight
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import MAY_DAY, Asked, Loopback, Reply, Wire, as_json

DAY = timedelta(days=1)
ONE = Subject(id="one", name="One", kind="framework", github="one/one", github_id=1)
BEHIND = [
    Backing("one", "main", "one/one", 1),
    Backing("one", "mobile", "one/phone"),
    Backing("one", "mobile", "One/Tablet"),
    Backing("one", "edge", "one/phone"),
    Backing("one", None, "one/docs"),
]
MEMORY = {"backing": {"one": BEHIND[1:]}}
ENDS = tuple(block_ends(midnight(MAY_DAY)))


def known(days_ago: float, ends: tuple[datetime, ...] = ENDS, state: str = "live", **more: Any) -> dict[str, Any]:
    at = MAY_DAY - days_ago * DAY
    row = {
        "asked_at": at,
        "is_told": True,
        "seen_at": at,
        "state": state,
        "github_id": 9,
        "created_at": datetime(2015, 1, 1),
    }
    return row | {"url": "https://github.com/x/y", "raw_sha256": "00", "blocks": dict.fromkeys(ends, 20)} | more


def remembering(days_ago: float, **more: Any) -> dict[str, Any]:
    return MEMORY | {"repositories": {one.repository.lower(): known(days_ago, **more) for one in BEHIND}}


def node(**more: Any) -> dict[str, Any]:
    plain = {"databaseId": 9, "nameWithOwner": "one/phone", "isArchived": False, "isDisabled": False}
    times = {"createdAt": "2015-01-01T00:00:00Z", "pushedAt": "2026-04-30T10:00:00Z", "latestRelease": None}
    readmes = dict.fromkeys((f"readme{number}" for number in range(6)), None)
    head = {"committedDate": "2026-04-30T11:00:00+02:00", "days90": {"totalCount": 60}}
    past = {f"b{number}": {"totalCount": 20} for number in range(len(ENDS))}
    return plain | times | readmes | {"defaultBranchRef": {"target": head | past}} | more


# --- whose turn it is ---


def test_the_first_night_asks_each_repository_once_with_its_past():
    found = tonight(BEHIND, MEMORY, MAY_DAY)

    assert [(one.repository, one.github_id) for one in found] == [
        ("one/one", 1), ("one/phone", None), ("One/Tablet", None), ("one/docs", None),
    ]  # fmt: skip
    assert {one.ends for one in found} == {ENDS}


@pytest.mark.parametrize(("days", "asked"), [(1, 0), (6.4, 0), (6.6, 4), (30, 4)])
def test_after_a_week_all_are_asked_again_for_what_is_new(days, asked):
    found = tonight(BEHIND, remembering(days), MAY_DAY)

    assert len(found) == asked
    assert {one.github_id for one in found} <= {1, 9}
    assert all(len(one.ends) == 0 for one in found)


def test_a_new_repository_is_asked_at_once_and_joins_the_others_in_their_turn():
    memory = remembering(2)
    del memory["repositories"]["one/phone"]
    assert [one.repository for one in tonight(BEHIND, memory, MAY_DAY)] == ["one/phone"]

    later = remembering(7)
    later["repositories"]["one/phone"] = known(5)
    later["repositories"]["one/docs"] = known(1)
    assert [one.repository for one in tonight(BEHIND, later, MAY_DAY)] == ["one/one", "one/phone", "One/Tablet"]


@pytest.mark.parametrize(("days", "asked"), [(7, 0), (8, 0), (9, 4)])
def test_the_turn_waits_two_nights_at_most_for_one_without_other_rare_questions(days, asked):
    memory = remembering(days) | {"serving.managed_clouds": {"one": MAY_DAY - 7 * DAY}}

    assert len(tonight(BEHIND, memory, MAY_DAY)) == asked


def test_a_month_later_one_block_more_is_asked():
    memory = remembering(30, ends=tuple(block_ends(midnight(MAY_DAY - 30 * DAY))))

    assert {one.ends for one in tonight(BEHIND, memory, MAY_DAY)} == {ENDS[-1:]}


def test_so_many_pasts_are_asked_a_night_and_the_others_without(monkeypatch):
    monkeypatch.setattr(liveness, "PASTS_A_NIGHT", 2)

    assert [len(one.ends) for one in tonight(BEHIND, MEMORY, MAY_DAY)] == [len(ENDS), len(ENDS), 0, 0]


def test_pasts_are_asked_first_of_those_who_have_no_state_without(monkeypatch):
    monkeypatch.setattr(liveness, "PASTS_A_NIGHT", 1)
    memory = remembering(7, ends=())
    memory["repositories"]["One/Tablet".lower()]["is_told"] = False

    assert [len(one.ends) for one in tonight(BEHIND, memory, MAY_DAY)] == [0, 0, len(ENDS), 0]


def test_of_a_thousand_some_are_asked_every_night_within_two_points_and_all_in_a_week_and_a_half():
    behind = [Backing(f"s{number}", "main", f"many/{number}") for number in range(1_000)]
    known_ones: dict[str, Any] = {}
    for night in range(11):
        now = MAY_DAY + night * DAY
        asked = tonight(behind, {"repositories": known_ones}, now)
        assert len(list(batches(asked))) <= 3
        assert sum(one.windows for one in asked) <= 200
        known_ones |= {one.repository: known(0) | {"asked_at": now} for one in asked}

    assert len(known_ones) == 1_000


def test_the_plan_counts_a_point_for_a_hundred_windows():
    [first], [later] = liveness.costs([ONE], MEMORY, True), liveness.costs([ONE], remembering(0), True)

    assert (first.calls, later.calls) == (1, 1)
    assert liveness.costs([ONE], MEMORY, False)[0].calls == 0
    assert [len(one) for one in batches([Question("a/b", None, ENDS)] * 9)] == [4, 4, 1]
    assert len(list(batches([Question("a/b")] * (WINDOWS_A_QUERY + 1)))) == 2


# --- one query ---


def test_a_query_is_valid_against_the_schema_of_github(schema):
    text = states_query([Question("one/phone", None, ENDS), Question("one/tablet")])

    assert graphql.validate(schema, graphql.parse(text)) == []


def test_a_block_ends_before_its_last_moment():
    text = states_query([Question("one/phone", None, (datetime(2026, 1, 31),))])

    assert 'b0: history(since: "2026-01-01T00:00:00Z", until: "2026-01-30T23:59:59Z")' in text


def test_an_answer_is_read_whole():
    seen = read_state(node(readme1={"text": "# Phone\n\nPhone is retired."}), Question("one/phone", 9, ENDS), "00")

    assert (seen.github_id, seen.commits_90d, seen.notice) == (9, 60, "Phone is retired.")
    assert seen.last_commit_at == datetime(2026, 4, 30, 9)
    assert seen.blocks == dict.fromkeys(ENDS, 20)


def test_a_time_without_a_zone_is_utc_wherever_this_machine_stands(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        seen = read_state(node(createdAt="2015-01-01T00:00:00"), Question("one/phone"), "00")
    finally:
        monkeypatch.undo()
        time.tzset()

    assert seen.created_at == datetime(2015, 1, 1)


@pytest.mark.parametrize(
    ("committed", "last"), [("2099-01-01T00:00:00Z", "pushed"), ("2020-01-01T00:00:00Z", datetime(2020, 1, 1))]
)
def test_a_commit_was_there_when_somebody_last_pushed_whatever_it_says(committed, last):
    told = node()
    told["defaultBranchRef"]["target"]["committedDate"] = committed

    found = read_state(told, Question("o/r"), "f" * 64)

    assert found.last_commit_at == (found.pushed_at if last == "pushed" else last)


def test_without_a_readme_nothing_is_said_and_the_first_of_several_counts():
    assert read_state(node(), Question("one/phone"), "00").notice is None
    both = node(readme0={"text": "# Fine"}, readme2={"text": "deprecated"})
    assert read_state(both, Question("one/phone"), "00").notice is None


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"databaseId": 8}, GoneError),
        ({"defaultBranchRef": None}, IncompleteError),
        ({"isArchived": "no"}, ChangedError),
        ({"createdAt": "soon"}, ChangedError),
        ({"defaultBranchRef": {"target": {"committedDate": "2026-04-30T11:00:00Z"}}}, ChangedError),
    ],
    ids=["another repository", "empty", "no flag", "no time", "no commits"],
)
def test_what_cannot_be_read_is_no_state(more, error):
    with pytest.raises(error):
        read_state(node(**more), Question("one/phone", 9), "00")


# --- asking ---


def repositories_say(known: Callable[[str], Any]) -> Callable[[Wire, Asked], Reply]:
    """Answer GraphQL about each repository by its full name; None is gone, a number the status of the whole answer."""

    def answer(_: Wire, asked: Asked) -> Reply:
        query = json.loads(asked.body)["query"]
        names = re.findall(r'(r\d+): repository\(owner: "(.+?)", name: "(.+?)"\)(.*)', query)
        data = {alias: known(f"{owner}/{name}{'+' if 'b0:' in rest else ''}") for alias, owner, name, rest in names}
        if broken := [one for one in data.values() if isinstance(one, int)]:
            return Reply(broken[0])
        lost = [{"type": "NOT_FOUND", "path": [alias], "message": "?"} for alias, one in data.items() if one is None]
        return as_json({"data": data} | ({"errors": lost} if lost else {}))

    return answer


def collected(server: Loopback, memory: dict[str, Any] = MEMORY, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the rows of repositories by name, and what was said of roles."""
    told = told_by(server, memory, **more)
    rows = {row["repository"]: row for row in told[0].rows}
    return rows, {one.metric: one for one in told if isinstance(one, Observation)}


def told_by(server: Loopback, memory: dict[str, Any] = MEMORY, **more: Any) -> list[Any]:
    with upstream(server) as found:
        return list(liveness.collect([ONE], replace(found, memory=memory, **more), MAY_DAY))


def test_a_name_that_another_repository_bears_and_a_new_name_are_noticed_of_each_role(server):
    memory = remembering(30)
    answers = {"one/one": {"databaseId": 666}, "one/phone": {"nameWithOwner": "two/phone"}}
    server.answering = repositories_say(
        lambda name: node(nameWithOwner=name.strip("+")) | answers.get(name.strip("+"), {})
    )

    found = [row for one in told_by(server, memory) if getattr(one, "table", "") == "quality_event" for row in one.rows]

    assert {(row["metric"], row["kind"], row.get("value"), row["detail"]) for row in found} == {
        ("liveness.main", "reused_name", 666, "one/one is now another repository (666, not 1)"),
        ("liveness.mobile", "renamed", None, "one/phone is called two/phone now"),
        ("liveness.edge", "renamed", None, "one/phone is called two/phone now"),
    }


def test_a_role_is_as_alive_as_its_best_repository(server):
    named = {"one/one": {"databaseId": 1}, "one/phone": {"isArchived": True}}
    server.answering = repositories_say(
        lambda name: node(nameWithOwner=name.strip("+")) | named.get(name.strip("+"), {})
    )

    rows, roles = collected(server)

    assert {name: row["state"] for name, row in rows.items()} == {
        "one/one": "live", "one/phone": "retired", "One/Tablet": "live", "one/docs": "live",
    }  # fmt: skip
    assert {name: (STATES[int(one.value)], one.n) for name, one in roles.items()} == {
        "liveness.main": ("live", 1), "liveness.mobile": ("live", 2), "liveness.edge": ("retired", 1),
    }  # fmt: skip
    assert roles["liveness.edge"].url == "https://github.com/one/phone"
    assert rows["one/phone"]["base_commits_90d"] == 60
    assert len(server.asked) == 1


def test_a_repository_that_is_gone_costs_only_itself(server):
    server.answering = repositories_say(
        lambda name: None if "phone" in name else node(databaseId=1 if "one/one" in name else 9)
    )

    rows, roles = collected(server)

    assert (rows["one/phone"]["state"], rows["one/phone"]["reason"]) == (None, "not_found")
    assert roles["liveness.edge"].reason == Reason.NOT_FOUND
    assert roles["liveness.mobile"].value == STATES.index("live")
    assert roles["liveness.main"].value == STATES.index("live")


@pytest.mark.parametrize("field", ["readme0", "latestRelease", "pushedAt"])
def test_what_github_could_not_say_of_a_repository_is_no_sign_of_life(server, field):
    error = {"path": ["r0", field], "message": "Something went wrong"}
    half = node(databaseId=1, nameWithOwner="one/one") | {field: None}
    others = {f"r{number}": node() for number in range(1, 4)}
    server.answering = lambda _wire, _asked: as_json({"data": {"r0": half, **others}, "errors": [error]})

    rows, roles = collected(server)

    assert (rows["one/one"]["state"], rows["one/one"]["reason"]) == (None, "incomplete")
    assert roles["liveness.main"].reason == Reason.INCOMPLETE
    assert roles["liveness.mobile"].value == STATES.index("live")


def test_after_a_fault_of_the_server_fewer_are_asked_at_once_and_at_last_without_their_past(server):
    def says(name: str) -> Any:
        return 502 if name == "One/Tablet+" else node(databaseId=1 if "one/one" in name else 9)

    server.answering = repositories_say(says)

    rows, _ = collected(server)

    assert {row["state"] for row in rows.values()} == {"live"}
    assert rows["One/Tablet"]["base_windows"] == 0
    assert rows["one/phone"]["base_windows"] > 0


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, None),
        ({"createdAt": "2025-10-01T00:00:00Z"}, "live"),
        ({"isArchived": True}, "retired"),
        ({"readme0": {"text": "# Deprecated"}}, "retired"),
    ],
    ids=["old enough to have had a pace", "too young", "archived", "ended by its own word"],
)
def test_what_is_slow_is_not_live_as_long_as_its_usual_pace_did_not_come(server, more, state):
    def says(name: str) -> Any:
        slow = {"committedDate": "2026-04-30T11:00:00Z", "days90": {"totalCount": 5}}
        told = node(databaseId=1 if "one/one" in name else 9)
        told["defaultBranchRef"]["target"] |= slow
        return 502 if name == "one/one+" else told | (more if "one/one" in name else {})

    server.answering = repositories_say(says)

    rows, roles = collected(server)

    assert rows["one/one"]["state"] == state
    assert rows["one/one"]["commits_90d"] == 5
    assert rows["one/phone"]["state"] == "declining"
    assert (roles["liveness.main"].reason == Reason.INCOMPLETE) is (state is None)


def test_a_repository_whose_usual_pace_did_not_come_is_asked_again_the_next_night():
    memory = remembering(1)
    memory["repositories"]["one/phone"] |= {"is_told": False, "blocks": {}}

    found = tonight(BEHIND, memory, MAY_DAY)

    assert [(one.repository, one.ends) for one in found] == [("one/phone", ENDS)]


def test_a_server_that_is_down_is_soon_left_alone(server):
    server.answering = lambda _wire, _asked: Reply(502)

    rows, roles = collected(server)

    assert {row["reason"] for row in rows.values()} == {"unreachable"}
    assert {one.reason for one in roles.values()} == {Reason.UNREACHABLE}
    assert len(server.asked) <= 3 * 7


@pytest.mark.parametrize(("days", "reason"), [(28, None), (29, Reason.INCOMPLETE)])
def test_a_state_counts_for_four_weeks_when_its_repository_is_not_seen_again(server, days, reason):
    memory = remembering(1, state="retired")
    memory["repositories"]["one/phone"] |= {"seen_at": MAY_DAY - days * DAY}
    del memory["repositories"]["one/tablet"]
    server.answering = repositories_say(lambda _: node(isArchived=True))

    rows, roles = collected(server, memory)

    assert list(rows) == ["One/Tablet"]
    assert list(roles) == ["liveness.mobile"]
    assert roles["liveness.mobile"].reason == reason


def test_without_a_token_every_role_says_so_and_nobody_is_asked(server):
    _, roles = collected(server, auth=None)

    assert {one.reason for one in roles.values()} == {Reason.NO_TOKEN}
    assert set(roles) == {"liveness.main", "liveness.mobile", "liveness.edge"}
    assert server.asked == []


# --- what follows for the roles ---

GONE, SILENT = State(error=GoneError("gone")), State(error=NoAnswerError("silent"))


@pytest.mark.parametrize(
    ("phone", "tablet", "found"),
    [
        (State("retired"), State("watch"), "watch"),
        (State("live"), SILENT, "live"),
        (State("declining"), SILENT, Reason.UNREACHABLE),
        (State("declining"), GONE, Reason.NOT_FOUND),
        (State("declining", is_new=False), State("watch"), "watch"),
        (State("declining"), None, Reason.INCOMPLETE),
    ],
)
def test_what_is_unknown_of_one_repository_never_makes_a_role_worse(phone, tablet, found):
    states = {"one/phone": phone} | ({"one/tablet": tablet} if tablet else {})
    told = {one.metric: one for one in observe([ONE], BEHIND, states, MAY_DAY)}["liveness.mobile"]

    assert (told.reason or STATES[int(told.value)]) == found


def test_a_role_of_which_nothing_was_asked_tonight_is_not_spoken_of():
    states = {"one/phone": State("live", is_new=False), "one/tablet": State("live")}

    assert [one.metric for one in observe([ONE], BEHIND, states, MAY_DAY)] == ["liveness.mobile"]


def test_what_is_seen_of_a_repository_goes_with_its_evidence():
    assert set(liveness.SEEN) <= set(Seen.__dataclass_fields__)
