"""GitHub: many repositories in one query, REST without a token, and never another repository's numbers."""

import copy
import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import graphql
import pytest
from github import Auth

from catalog.observation import Observation, Reason
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.errors import GoneError, SourceError
from collectors.git.commit_windows import WINDOWS
from collectors.github import repositories as github_repositories
from collectors.github import source as github
from collectors.github.repositories import repositories_query, window_variables
from collectors.github.repository import GRAPHQL_METRICS, read_repository
from collectors.github.rest import ask_contributors, read_rest_repository
from collectors.github.source import CALLS_WITHOUT, plan
from collectors.github_api.client import FETCHED_AT, FINGERPRINT, WEB_URL, connect
from collectors.reading import Unread
from collectors.upstream import GITHUB_WEB, Upstream
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import MAY_DAY, Asked, Loopback, Reply, Wire, always, as_json, in_turn, replaying, seam

MIDNIGHT = datetime(2026, 5, 1)
HEADERS = {FETCHED_AT: MAY_DAY.isoformat(), FINGERPRINT: "f" * 64, WEB_URL: GITHUB_WEB}
WHAT_GRAPHQL_TELLS = {
    "github.stars": 90_000,
    "github.forks": 24_000,
    "github.watchers": 1_700,
    "github.open_issues": 15_000,
    "github.issues_closed_ever": 30_000,
    "github.repository_id": 65_600_975,
    "github.last_release_age_d": 2,
    "github.commits_7d": 300,
    "github.commits_28d": 1_200,
    "github.commits_90d": 3_850,
    "github.commits_91d": 3_900,
    "github.is_archived": 0,
    "github.last_push_age_d": pytest.approx(1 / 24),
}

# --- one query for many repositories ---


def test_one_query_counts_every_repository(server):
    server.answering = upstream_says(
        {"pytorch/pytorch": node(), "jax-ml/jax": node(databaseId=7, stargazerCount=30_000)}
    )

    found = collected(server, [PYTORCH, subject("jax", "jax-ml/jax", 7)])

    assert values(found, "pytorch") == WHAT_GRAPHQL_TELLS
    assert values(found, "jax")["github.stars"] == 30_000
    assert len([asked for asked in server.asked if asked.path == "/graphql"]) == 1


def test_a_window_ends_at_midnight_and_a_counter_when_it_was_fetched(server):
    server.answering = upstream_says({"pytorch/pytorch": node()})

    found = {one.metric: one for one in collected(server, [PYTORCH])}

    assert (found["github.commits_7d"].valid_at, found["github.commits_7d"].method) == (MIDNIGHT, "exact")
    assert (found["github.stars"].valid_at, found["github.stars"].method) == (MAY_DAY, "snapshot")


def test_the_second_of_midnight_itself_belongs_to_the_next_window():
    assert window_variables(MIDNIGHT) == {
        "until": "2026-04-30T23:59:59Z",
        "since7": "2026-04-24T00:00:00Z",
        "since28": "2026-04-03T00:00:00Z",
        "since90": "2026-01-31T00:00:00Z",
        "since91": "2026-01-30T00:00:00Z",
    }


def test_evidence_leads_to_the_raw_answer(server, tmp_path):
    server.answering = upstream_says({"pytorch/pytorch": node()})

    found = collected(server, [PYTORCH], folder=tmp_path)

    stars = next(one for one in found if one.metric == "github.stars")
    raw = tmp_path / "objects" / stars.raw_sha256[:2] / f"{stars.raw_sha256}.gz"
    assert json.loads(gzip.decompress(raw.read_bytes()))["data"]["r0"]["stargazerCount"] == 90_000
    assert stars.url == "https://github.com/pytorch/pytorch"


def test_zero_stars_is_a_value(server):
    server.answering = upstream_says({"pytorch/pytorch": node(stargazerCount=0)})

    assert values(collected(server, [PYTORCH]), "pytorch")["github.stars"] == 0


def test_a_repository_without_a_release_has_no_release_age(server):
    server.answering = upstream_says({"pytorch/pytorch": node(latestRelease=None)})

    found = collected(server, [PYTORCH])

    assert reasons(found, "pytorch")["github.last_release_age_d"] is Reason.NOT_FOUND
    assert values(found, "pytorch")["github.stars"] == 90_000


def test_a_release_is_as_old_in_whichever_zone_its_time_is_told(server):
    server.answering = upstream_says(
        {"pytorch/pytorch": node(latestRelease={"publishedAt": "2026-05-01T03:00:00+02:00"})}
    )

    assert values(collected(server, [PYTORCH]), "pytorch")["github.last_release_age_d"] == pytest.approx(1 / 24)


def test_a_repository_that_is_gone_costs_only_itself(server):
    server.answering = upstream_says({"pytorch/pytorch": node()})

    found = collected(server, [subject("lost", "who/lost"), PYTORCH])

    assert reasons(found, "lost")["github.stars"] is Reason.NOT_FOUND
    assert reasons(found, "lost")["github.contributors"] is Reason.NOT_FOUND
    assert values(found, "pytorch") == WHAT_GRAPHQL_TELLS


def test_a_name_that_another_repository_bears_now_is_not_found(server):
    server.answering = upstream_says({"pytorch/pytorch": node(databaseId=666, stargazerCount=28)})

    found = collected(server, [PYTORCH])

    assert values(found, "pytorch") == {}
    assert reasons(found, "pytorch")["github.stars"] is Reason.NOT_FOUND


@pytest.mark.parametrize("odd", [None, "65600975", -1, 65_600_975.5, True], ids=repr)
def test_what_is_no_id_tells_of_no_stranger_and_costs_nothing_that_rest_can_tell(server, odd):
    known = {"pytorch/pytorch": node(databaseId=odd)}

    def answer(wire: Wire, asked: Asked) -> Reply:
        return upstream_says(known if asked.method == "POST" else {"pytorch/pytorch": node()})(wire, asked)

    server.answering = answer
    with upstream(server) as found:
        told = list(github.collect([PYTORCH], found, MAY_DAY))

    observed = [one for one in told if isinstance(one, Observation)]
    assert reasons(observed, "pytorch")["github.stars"] is Reason.SCHEMA_CHANGED
    assert {one.metric: one.value for one in observed}["github.contributors"] == 3_765
    assert not [one for one in told if isinstance(one, Rows) and one.table == "quality_event"]


def test_an_answer_that_leaves_a_repository_out_does_not_say_that_it_is_gone(server):
    server.answering = always(as_json({"data": {"r1": node(databaseId=7)}}))

    found = batch(server, [PYTORCH, subject("jax", "jax-ml/jax", 7)])

    assert set(reasons(found, "pytorch").values()) == {Reason.SCHEMA_CHANGED}
    assert reasons(found, "jax") == {}


@pytest.mark.parametrize("field", ["latestRelease", "pushedAt"])
def test_a_field_that_may_have_failed_is_not_one_that_there_is_none_of(server, field):
    errors = [{"message": "Something went wrong while executing your query"}]
    server.answering = always(as_json({"data": {"r0": node() | {field: None}}, "errors": errors}))

    assert set(reasons(batch(server, [PYTORCH]), "pytorch").values()) == {Reason.INCOMPLETE}


def test_an_answer_that_begins_with_the_mark_of_its_bytes_is_read(server):
    plain = upstream_says({"pytorch/pytorch": node()})

    def answer(wire: Wire, asked: Asked) -> Reply:
        said = plain(wire, asked)
        return replace(said, body=b"\xef\xbb\xbf" + said.body)

    server.answering = answer

    assert values(collected(server, [PYTORCH]), "pytorch") == WHAT_GRAPHQL_TELLS


@pytest.mark.parametrize(
    ("path", "walked"),
    [
        (["r0", "latestRelease"], 0),
        (["r0", "issues"], None),
        (["r0", "issues", "nodes", 3], None),
        (["r0"], None),
        ([], None),
    ],
    ids=str,
)
def test_what_failed_beside_the_issues_does_not_cost_them(server, path, walked):
    page = {"nodes": [], "pageInfo": {"endCursor": None, "hasNextPage": False}}
    said = {"data": {"r0": node(issues=page)}, "errors": [{"path": path, "message": "Something went wrong"}]}
    server.answering = always(as_json(said))

    found = collected(server, [PYTORCH])

    assert [one.value for one in found if one.metric == "github.issues_walked"] == [walked]


def test_a_repository_that_moved_keeps_its_numbers(server):
    server.answering = upstream_says({"pytorch/pytorch": node(nameWithOwner="new-home/torch")})

    assert values(collected(server, [PYTORCH]), "pytorch") == WHAT_GRAPHQL_TELLS


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("NOT_FOUND", Reason.NOT_FOUND),
        ("FORBIDDEN", Reason.RESTRICTED),
        ("RATE_LIMITED", Reason.RATE_LIMITED),
        ("SERVICE_UNAVAILABLE", Reason.INCOMPLETE),
        (None, Reason.INCOMPLETE),
    ],
)
def test_a_partial_error_says_why_its_repository_is_missing(server, kind, reason):
    error = {"path": ["r0"], "message": "sorry"} | ({"type": kind} if kind else {})
    server.answering = always(as_json({"data": {"r0": None, "r1": node(databaseId=7)}, "errors": [error]}))

    found = batch(server, [PYTORCH, subject("jax", "jax-ml/jax", 7)])

    assert set(reasons(found, "pytorch").values()) == {reason}
    assert reasons(found, "jax") == {}


def test_a_count_that_timed_out_is_incomplete_and_no_change_of_the_schema(server):
    half = node()
    half["defaultBranchRef"]["target"]["days91"] = None
    error = {"path": ["r0", "defaultBranchRef", "target", "days91"], "message": "Something went wrong"}
    server.answering = always(as_json({"data": {"r0": half}, "errors": [error]}))

    assert set(reasons(batch(server, [PYTORCH]), "pytorch").values()) == {Reason.INCOMPLETE}


@pytest.mark.parametrize(
    ("field", "metric"), [("latestRelease", "github.last_release_age_d"), ("pushedAt", "github.last_push_age_d")]
)
def test_a_field_that_timed_out_is_not_one_that_there_is_none_of(server, field, metric):
    error = {"path": ["r0", field], "message": "Something went wrong"}
    server.answering = always(as_json({"data": {"r0": node() | {field: None}}, "errors": [error]}))

    found = batch(server, [PYTORCH])

    assert reasons(found, "pytorch") == {metric: Reason.INCOMPLETE}
    assert values(found, "pytorch")["github.stars"] == 90_000


def test_an_error_that_names_no_repository_does_not_make_one_gone(server):
    errors = [{"message": "Something went wrong while executing your query"}]
    server.answering = always(as_json({"data": {"r0": None}, "errors": errors}))

    assert set(reasons(batch(server, [PYTORCH]), "pytorch").values()) == {Reason.INCOMPLETE}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, Reason.RATE_LIMITED),
        ({"data": None, "errors": [{"message": "API rate limit already exceeded for user"}]}, Reason.RATE_LIMITED),
        ({"errors": [{"message": "Field 'stars' doesn't exist"}]}, Reason.SCHEMA_CHANGED),
        ({"data": None}, Reason.SCHEMA_CHANGED),
        ({"data": []}, Reason.SCHEMA_CHANGED),
        ({"data": [1]}, Reason.SCHEMA_CHANGED),
        ({"errors": "no"}, Reason.SCHEMA_CHANGED),
        ({"errors": [None]}, Reason.SCHEMA_CHANGED),
        ({"message": "Bad credentials"}, Reason.SCHEMA_CHANGED),
        ([], Reason.SCHEMA_CHANGED),
    ],
    ids=str,
)
def test_a_200_without_data_says_what_it_lacks(server, payload, reason):
    server.answering = always(as_json(payload))

    assert set(reasons(batch(server, [PYTORCH]), "pytorch").values()) == {reason}


@pytest.mark.parametrize("body", [b"<html>", b'{"data": ', b""], ids=["HTML", "half", "nothing"])
def test_what_is_no_json_has_changed(server, body):
    server.answering = always(Reply(body=body))

    assert set(reasons(batch(server, [PYTORCH]), "pytorch").values()) == {Reason.SCHEMA_CHANGED}


def test_a_query_that_is_too_much_for_the_server_is_halved_down_to_the_one_that_is(server):
    many = [subject(f"s{number}", f"o/s{number}") for number in range(8)]

    def answer(wire: Wire, asked: Asked) -> Reply:
        return (
            Reply(502)
            if b'name: \\"s5\\"' in asked.body
            else upstream_says({f"o/s{n}": node() for n in range(8)})(wire, asked)
        )

    server.answering = answer
    found = batch(server, many)

    lost = {one.subject for one in found if one.reason is Reason.UNREACHABLE}
    assert lost == {"s5"}
    assert {one.subject for one in found if one.metric == "github.stars" and one.has_value} == {
        one.id for one in many
    } - lost


@pytest.mark.parametrize(
    "said",
    [
        {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."},
        {
            "type": "MAX_NODE_LIMIT_EXCEEDED",
            "message": "This query requests up to 600,000 possible nodes which exceeds the maximum limit of 500,000.",
        },
    ],
    ids=["resources", "nodes"],
)
def test_a_query_that_asks_too_much_is_halved_too(server, said):
    many = [subject(f"s{number}", f"o/s{number}") for number in range(4)]
    plain = upstream_says({f"o/s{number}": node() for number in range(4)})

    def answer(wire: Wire, asked: Asked) -> Reply:
        is_much = asked.body.count(b": repository(") > 2
        return as_json({"data": None, "errors": [said]}) if is_much else plain(wire, asked)

    server.answering = answer
    found = batch(server, many)

    assert {one.subject for one in found if one.metric == "github.stars" and one.has_value} == {one.id for one in many}


def test_more_repositories_than_a_batch_holds_are_asked_in_several(server):
    many = [subject(f"s{number}", f"o/s{number}") for number in range(41)]
    server.answering = upstream_says({f"o/s{number}": node() for number in range(41)})

    found = batch(server, many)

    assert len(server.asked) == 2
    assert len({one.subject for one in found if one.has_value}) == 41


IN_WINDOWS = {metric.name for metric in WINDOWS.values()}


@pytest.mark.parametrize(
    ("spoiled", "path", "lost"),
    [
        ({"defaultBranchRef": {"target": None}}, ["defaultBranchRef", "target", "days91"], IN_WINDOWS),
        ({"defaultBranchRef": None}, ["defaultBranchRef"], IN_WINDOWS),
        ({"watchers": None}, ["watchers"], {"github.watchers"}),
        ({"latestRelease": None}, ["latestRelease"], {"github.last_release_age_d"}),
        ({"pushedAt": None}, ["pushedAt"], {"github.last_push_age_d"}),
        ({"isArchived": None}, ["isArchived"], {"github.is_archived"}),
    ],
    ids=["history", "branch", "watchers", "release", "push", "flag"],
)
def test_what_github_could_not_say_of_a_repository_costs_no_other_figure(server, caplog, spoiled, path, lost):
    said = {"data": {"r0": node(**spoiled)}, "errors": [{"path": ["r0", *path], "message": "Timeout on validation"}]}
    server.answering = always(as_json(said))

    found = batch(server, [PYTORCH])

    assert reasons(found, "pytorch") == dict.fromkeys(lost, Reason.INCOMPLETE)
    assert len(found) == len(GRAPHQL_METRICS)
    assert values(found, "pytorch")["github.stars"] == 90_000
    assert "Timeout on validation" in caplog.text


IMPOSSIBLE = ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"]


@pytest.mark.parametrize("told", IMPOSSIBLE)
@pytest.mark.parametrize("signed_in", [True, False], ids=["GraphQL", "REST"])
def test_a_day_that_cannot_be_is_no_age(server, signed_in, told):
    known = {"pytorch/pytorch": node(pushedAt=told, latestRelease={"publishedAt": told})}
    server.answering = upstream_says(known)

    lost = reasons(collected(server, [PYTORCH], signed_in=signed_in), "pytorch")

    assert lost["github.last_push_age_d"] is Reason.SCHEMA_CHANGED
    assert lost["github.last_release_age_d"] is (Reason.SCHEMA_CHANGED if signed_in else Reason.NO_TOKEN)


def test_a_push_of_a_clock_that_is_a_little_ahead_is_none_ago(server):
    soon = (MAY_DAY + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    server.answering = upstream_says({"pytorch/pytorch": node(pushedAt=soon)})

    assert values(batch(server, [PYTORCH]), "pytorch")["github.last_push_age_d"] == 0


def test_an_odd_counter_costs_only_itself(server):
    server.answering = upstream_says({"pytorch/pytorch": node(forkCount="24k")})

    found = batch(server, [PYTORCH])

    assert reasons(found, "pytorch") == {"github.forks": Reason.SCHEMA_CHANGED}
    assert len(found) == len(GRAPHQL_METRICS)


@pytest.mark.parametrize("spoiled", [None, "x", 3, [], {}, True], ids=repr)
def test_a_node_of_another_shape_is_a_source_error_and_never_a_crash(spoiled):
    for path in paths_of(node()):
        other = spoil(node(), path, spoiled)
        try:
            found = read_repository(other, PYTORCH, HEADERS, MIDNIGHT)
        except SourceError:
            continue
        read = [one for one in found if not isinstance(one, Unread)]
        assert all(one.value is None or one.value >= 0 for one in read), path
        assert {one.metric for one in read} | {one.metric.name for one in found if isinstance(one, Unread)} == {
            one.name for one in GRAPHQL_METRICS
        }


# --- without a token ---


def test_the_recorded_repository_is_read_as_it_was(recorded):
    payload = json.loads((recorded / "github_rest/pytorch_repo_2020-03-12.json").read_text())

    found = values(read_rest_repository(payload, PYTORCH, HEADERS), "pytorch")

    assert found == {
        "github.stars": 36_834,
        "github.forks": 9_346,
        "github.watchers": 1_418,
        "github.repository_id": 65_600_975,
        "github.is_archived": 0,
        "github.last_push_age_d": pytest.approx(2_240.747, abs=1e-3),
    }


def test_the_recorded_repository_of_pygithub_is_read(recorded):
    text = (recorded / "github_rest/pygithub_replay/Retry.testReturnsRepoAfter3Retries.txt").read_text()
    payload = json.loads(text.splitlines()[-1] or text.splitlines()[-2])

    found = values(
        read_rest_repository(payload, subject("pygithub", "PyGithub/PyGithub", 3_544_490), HEADERS), "pygithub"
    )

    assert found["github.repository_id"] == 3_544_490


def test_without_a_token_the_open_issues_are_not_guessed_from_a_count_with_pull_requests(server):
    server.answering = upstream_says({"pytorch/pytorch": node()})

    found = collected(server, [PYTORCH], signed_in=False)

    assert reasons(found, "pytorch")["github.open_issues"] is Reason.NO_TOKEN
    assert reasons(found, "pytorch")["github.commits_7d"] is Reason.NO_TOKEN
    assert values(found, "pytorch")["github.stars"] == 90_000


def test_rest_refuses_the_name_that_another_repository_bears_now():
    payload = {"id": 666, "full_name": "pytorch/pytorch", "stargazers_count": 28}

    with pytest.raises(GoneError, match=r"pytorch/pytorch is now another repository \(666, not 65600975\)"):
        read_rest_repository(payload, PYTORCH, HEADERS)


@pytest.mark.parametrize("name", [None, 7, "", "None", "a/b/c"], ids=repr)
@pytest.mark.parametrize("signed_in", [True, False], ids=["GraphQL", "REST"])
def test_a_repository_that_tells_no_name_is_still_the_one_with_its_id(server, signed_in, name):
    server.answering = upstream_says({"pytorch/pytorch": node(nameWithOwner=name)})

    with upstream(server, signed_in=signed_in) as found:
        told = list(github.collect([PYTORCH], found, MAY_DAY))

    observed = {one.metric: one for one in told if isinstance(one, Observation)}
    assert (observed["github.stars"].value, observed["github.contributors"].value) == (90_000, 3_765)
    assert observed["github.stars"].url == "https://github.com/pytorch/pytorch"
    assert not [one for one in told if isinstance(one, Rows) and one.table == "quality_event"]


@pytest.mark.parametrize(
    "payload", [None, [], {}, "x", {"full_name": "pytorch/pytorch"}, {"message": "Moved"}], ids=repr
)
def test_a_repository_of_another_shape_has_changed(payload):
    with pytest.raises(SourceError):
        read_rest_repository(payload, PYTORCH, HEADERS)


# --- contributors ---


def test_the_number_of_contributors_is_the_number_of_the_last_page(server, tmp_path):
    link = '<{0}/repositories/1/contributors?anon=1&per_page=1&page=2>; rel="next", <{0}/repositories/1/contributors?anon=1&per_page=1&page=3765>; rel="last"'
    server.answering = always(as_json([{}], Link=link.format(server.url)))

    with upstream(server, folder=tmp_path) as found:
        assert ask_contributors(connect(found), PYTORCH).value == 3_765

    assert server.asked[0].path == "/repos/pytorch/pytorch/contributors?anon=1&per_page=1"


def test_an_unchanged_number_of_contributors_comes_from_the_kept_link(server, tmp_path):
    server.answering = in_turn(
        as_json([{}], ETag='"1"', Link='<x?per_page=1&page=405>; rel="last"'), Reply(304, b"", {"ETag": '"1"'})
    )

    with upstream(server, folder=tmp_path) as found:
        assert [ask_contributors(connect(found), PYTORCH).value for _ in range(2)] == [405, 405]

    assert server.asked[1].headers["if-none-match"] == '"1"'


def test_a_list_too_large_for_github_is_too_large_and_no_limit(server):
    message = "The history or contributor list is too large to list contributors for this repository via the API."
    server.answering = lambda wire, asked: (
        as_json({"message": message}, 403, x_ratelimit_remaining="4990")
        if "contributors" in asked.path
        else upstream_says({"pytorch/pytorch": node()})(wire, asked)
    )

    found = collected(server, [PYTORCH])

    assert reasons(found, "pytorch")["github.contributors"] is Reason.TOO_LARGE
    assert values(found, "pytorch")["github.stars"] == 90_000


# --- the night's plan ---


def test_without_a_token_a_night_stays_within_the_hour_of_sixty_calls():
    many = [subject(f"s{number}", f"o/s{number}") for number in range(200)]

    tonight = plan(many, {}, has_token=False)

    assert tonight.core_calls <= CALLS_WITHOUT
    assert len(tonight.counted) + len(tonight.left_out) == 200


def test_ten_thousand_subjects_all_come_round_over_the_nights_the_longest_unasked_first():
    many = [subject(f"s{number}", f"o/s{number}") for number in range(10_000)]
    asked, contributors = {}, {}
    for night in range(4):
        when = datetime(2026, 11, 1 + night)
        tonight = plan(many, {"github.stars_gained_1d": asked, "github.contributors": contributors}, has_token=True)

        assert tonight.core_calls <= 4_500
        asked |= dict.fromkeys((one.id for one in tonight.stars), when)
        contributors |= dict.fromkeys((one.id for one in tonight.contributors), when)

    assert len(contributors) == 9_000
    assert len(asked) == 9_000


# --- the wire ---


def test_an_enterprise_server_is_asked_under_its_own_paths(server):
    server.answering = upstream_says({"pytorch/pytorch": node()})

    with upstream(server, base="/api/v3", graphql_path="/api/graphql") as found:
        list(github.collect([PYTORCH], found, MAY_DAY))

    paths = {re.sub(r"\?.*", "", asked.path) for asked in server.asked}
    assert "/api/graphql" in paths
    assert "/api/v3/repos/pytorch/pytorch/contributors" in paths
    assert all(path.startswith("/api/") for path in paths)


def test_a_kept_run_gives_the_same_observations_without_network_failures_included(server, tmp_path):
    server.answering = lambda wire, asked: (
        Reply(503) if "contributors" in asked.path else upstream_says({"pytorch/pytorch": node()})(wire, asked)
    )
    asked = [PYTORCH, subject("lost", "who/lost")]
    first = collected(server, asked, folder=tmp_path)

    with replaying(tmp_path) as http:
        again = list(
            github.collect(
                asked, Upstream(http, server.url, auth=Auth.Token("x"), graphql_url=f"{server.url}/graphql"), MAY_DAY
            )
        )

    assert as_rows(again) == as_rows(first)
    assert {one.reason for one in first} >= {None, Reason.UNREACHABLE, Reason.NOT_FOUND}


# --- what GitHub publishes of itself ---


@pytest.mark.parametrize("path", ["/repos/pytorch/pytorch", "/repos/pytorch/pytorch/contributors"])
def test_the_rest_answers_of_this_file_are_as_github_describes_them(described, server, path):
    server.answering = upstream_says({"pytorch/pytorch": node()})

    with seam() as http:
        payload, _ = http.json(f"{server.url}{path}")

    assert described.faults(path, payload) == []


@pytest.mark.parametrize("subjects", [1, 2])
def test_every_query_is_valid_against_the_schema_of_github(schema, subjects):
    query = repositories_query([PYTORCH, subject("jax", "jax-ml/jax", 7)][:subjects])

    assert graphql.validate(schema, graphql.parse(query)) == []


# --- builders ---


def subject(slug: str, full_name: str, github_id: int | None = None) -> Subject:
    return Subject(id=slug, name=slug, kind="framework", github=full_name, github_id=github_id)


PYTORCH = subject("pytorch", "pytorch/pytorch", 65_600_975)


def node(**changed: Any) -> dict[str, Any]:
    """Return a repository as GraphQL describes it."""
    target = {"total": 80_000, "days7": 300, "days28": 1_200, "days90": 3_850, "days91": 3_900}
    return {
        "databaseId": 65_600_975,
        "nameWithOwner": "pytorch/pytorch",
        "isArchived": False,
        "pushedAt": "2026-05-01T01:00:00Z",
        "stargazerCount": 90_000,
        "forkCount": 24_000,
        "watchers": {"totalCount": 1_700},
        "openIssues": {"totalCount": 15_000},
        "closedIssues": {"totalCount": 30_000},
        "latestRelease": {"publishedAt": (MAY_DAY - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")},
        "defaultBranchRef": {"target": {name: {"totalCount": number} for name, number in target.items()}},
        **changed,
    }


def upstream_says(known: dict[str, dict[str, Any]]) -> Callable[[Wire, Asked], Reply]:
    """Answer GraphQL and REST about these repositories, by their full names, and 404 about every other."""

    def answer(_: Wire, asked: Asked) -> Reply:
        if asked.method == "POST":
            names = re.findall(r'(r\d+): repository\(owner: "(.+?)", name: "(.+?)"\)', json.loads(asked.body)["query"])
            data = {alias: known.get(f"{owner}/{name}") for alias, owner, name in names}
            lost = [
                {"type": "NOT_FOUND", "path": [alias], "message": "?"} for alias, one in data.items() if one is None
            ]
            return as_json({"data": data} | ({"errors": lost} if lost else {}))
        found = known.get("/".join(asked.path.partition("/repos/")[2].split("?")[0].split("/")[:2]))
        if found is None:
            return as_json({"message": "Not Found"}, 404)
        if "/contributors" in asked.path:
            return as_json([{}], Link='<x?per_page=1&page=3765>; rel="last"')
        if "/stargazers" in asked.path:
            return as_json({"message": "Not Found"}, 404)
        counters = {"stargazers_count": found["stargazerCount"], "forks_count": 24_000, "subscribers_count": 1_700}
        counters |= {"archived": found["isArchived"], "pushed_at": found["pushedAt"]}
        return as_json(
            {"id": found["databaseId"], "full_name": found["nameWithOwner"], "open_issues_count": 20_000, **counters}
        )

    return answer


def collected(server: Loopback, subjects: list[Subject], **how: Any) -> list[Observation]:
    with upstream(server, **how) as found:
        return [one for one in github.collect(subjects, found, MAY_DAY) if isinstance(one, Observation)]


def batch(server: Loopback, subjects: list[Subject]) -> list[Observation]:
    """Ask GraphQL alone."""
    with upstream(server) as found:
        return list(github_repositories.ask_batches(connect(found), subjects, MAY_DAY))


def values(found: list[Observation], slug: str) -> dict[str, float]:
    extra = {"github.contributors"}
    return {one.metric: one.value for one in found if one.subject == slug and one.has_value and one.metric not in extra}


def reasons(found: list[Observation], slug: str) -> dict[str, Reason]:
    return {one.metric: one.reason for one in found if one.subject == slug and one.reason}


def as_rows(found: list[Observation]) -> list[tuple[Any, ...]]:
    return sorted(
        (one.subject, one.metric, str(one.valid_at), one.value, str(one.reason), one.raw_sha256 or "") for one in found
    )


def paths_of(payload: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every field of a JSON object."""
    for name, value in (
        payload.items() if isinstance(payload, dict) else enumerate(payload) if isinstance(payload, list) else ()
    ):
        yield (*before, name)
        yield from paths_of(value, (*before, name))


def spoil(payload: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy with another value at a path."""
    other = copy.deepcopy(payload)
    found = other
    for step in path[:-1]:
        found = found[step]
    found[path[-1]] = value
    return other
