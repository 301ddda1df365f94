"""The seam to the network: which fault on the wire becomes which error, reason and wait."""

import gzip
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta

import httpx
import pytest

from catalog.observation import Reason
from collectors.errors import (
    ChangedError,
    GoneError,
    IncompleteError,
    LimitError,
    NoAnswerError,
    PendingError,
    RestrictedError,
    ServerFaultError,
    SourceError,
    TooLargeError,
)
from collectors.transport.pace import Pace
from collectors.transport.payload import count, each, need, parse
from collectors.transport.server_time import EPOCH
from tests.collectors.loopback import MAY_DAY, Nap, Reply, always, as_json, http_date, in_turn, replaying, seam, serving

TWO = int(MAY_DAY.replace(tzinfo=UTC).timestamp())  # MAY_DAY, 02:00, as GitHub writes a reset

# --- faults of the wire ---


def test_a_refused_connection_is_unreachable():
    with seam() as http, pytest.raises(NoAnswerError, match="cannot be reached") as caught:
        http.get(f"http://127.0.0.1:{closed_port()}/x")

    assert caught.value.reason is Reason.UNREACHABLE


def test_a_silent_host_is_asked_once_a_run_only():
    port = closed_port()
    with seam() as http:
        for path in ("a", "b", "c"):
            with pytest.raises(NoAnswerError):
                http.get(f"http://127.0.0.1:{port}/{path}")

        assert http.requests == 3


def test_a_host_that_cannot_be_reached_is_tried_by_one_of_many_requests():
    url = f"http://127.0.0.1:{closed_port()}/x"

    def unreached(_: int) -> bool:
        with pytest.raises(NoAnswerError, match="cannot be reached"):
            http.get(url)
        return True

    with seam() as http, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(unreached, range(16)))
        assert http.requests == 3


def test_nobody_waits_for_the_first_answer_of_a_host_that_is_there(server):
    meeting = threading.Barrier(4)

    def answer(_wire, _asked):
        meeting.wait(5)
        return as_json({})

    server.answering = answer
    with seam() as http, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: http.get(f"{server.url}/{number}"), range(4)))

    assert len(found) == 4
    assert len(server.asked) == 4


def test_a_reset_in_the_middle_is_unreachable_after_three_tries(server):
    server.answering = reset_after_half

    with seam() as http, pytest.raises(NoAnswerError) as caught:
        http.get(f"{server.url}/x")

    assert caught.value.reason is Reason.UNREACHABLE
    assert len(server.asked) == 3


def test_a_server_that_never_answers_is_unreachable_after_the_time_out(server):
    server.answering = lambda wire, _: wire.server.released.wait(5) and None

    with seam(timeout_s=0.05) as http, pytest.raises(NoAnswerError) as caught:
        http.get(f"{server.url}/x")

    assert caught.value.reason is Reason.UNREACHABLE


def test_a_slow_drip_ends_at_the_deadline_though_no_read_times_out(server):
    server.answering = drip
    began = time.monotonic()

    with seam(timeout_s=5, deadline_s=0.05) as http, pytest.raises(NoAnswerError, match=r"took longer than 0\.05 s"):
        http.get(f"{server.url}/x")

    assert time.monotonic() - began < 2


def test_a_body_shorter_than_announced_is_no_answer(server):
    server.answering = always(Reply(200, b'{"stars": 3', length=500))

    with seam() as http, pytest.raises(NoAnswerError) as caught:
        http.get(f"{server.url}/x")

    assert caught.value.reason is Reason.UNREACHABLE
    assert len(server.asked) == 3


def test_a_fault_that_passes_costs_a_try_and_nothing_else(server):
    server.answering = in_turn(Reply(502), Reply(502), as_json({"stars": 3}))

    with seam() as http:
        payload, answer = http.json(f"{server.url}/x")

    assert (payload, answer.status, len(server.asked)) == ({"stars": 3}, 200, 3)


def test_the_recorded_three_bad_gateways_are_unreachable(recorded, server):
    server.answering = in_turn(
        *pygithub(recorded / "github_rest/pygithub_replay/Retry.testReturnsRepoAfter3Retries.txt")
    )

    with seam() as http, pytest.raises(NoAnswerError, match="answered 502"):
        http.get(f"{server.url}/repos/PyGithub/PyGithub")


def test_a_gzip_bomb_is_too_large_and_is_never_unpacked_whole(server):
    bomb = gzip.compress(bytes(30_000_000))
    server.answering = always(Reply(200, bomb, {"Content-Encoding": "gzip"}))

    with seam(max_bytes=1_000_000) as http, pytest.raises(TooLargeError, match="more than 1,000,000 bytes") as caught:
        http.get(f"{server.url}/x")

    assert len(bomb) < 50_000
    assert caught.value.reason is Reason.TOO_LARGE
    assert len(server.asked) == 1


def test_a_body_that_is_not_the_gzip_it_says_it_is_is_no_answer(server):
    server.answering = always(Reply(200, b"plain", {"Content-Encoding": "gzip"}))

    with seam() as http, pytest.raises(NoAnswerError):
        http.get(f"{server.url}/x")


# --- statuses ---


@pytest.mark.parametrize(
    ("reply", "kind", "reason"),
    [
        (Reply(401), RestrictedError, Reason.RESTRICTED),
        (as_json({"message": "Resource not accessible"}, 403), RestrictedError, Reason.RESTRICTED),
        (as_json({"message": "The history or contributor list is too large"}, 403), TooLargeError, Reason.TOO_LARGE),
        (Reply(404), GoneError, Reason.NOT_FOUND),
        (Reply(410), GoneError, Reason.NOT_FOUND),
        (Reply(451), RestrictedError, Reason.RESTRICTED),
        (as_json({"message": "pagination is limited for this resource"}, 422), TooLargeError, Reason.TOO_LARGE),
        (as_json({"message": "Validation Failed"}, 422), ChangedError, Reason.SCHEMA_CHANGED),
        (Reply(400), ChangedError, Reason.SCHEMA_CHANGED),
        (Reply(418), ChangedError, Reason.SCHEMA_CHANGED),
    ],
    ids=[
        "401",
        "403 plain",
        "403 too large",
        "404",
        "410",
        "451",
        "422 pagination",
        "422 of another kind",
        "400",
        "a status that nobody knows",
    ],
)
def test_a_refusal_is_named_by_who_must_act_and_not_asked_again(server, reply, kind, reason):
    server.answering = always(reply)

    with seam() as http, pytest.raises(SourceError) as caught:
        http.get(f"{server.url}/x")

    assert type(caught.value) is kind
    assert caught.value.reason is reason
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply", [Reply(206, b"[1]", {"Content-Range": "bytes 0-2/9"}), Reply(304)], ids=["part", "nothing"]
)
def test_a_part_that_nobody_asked_for_and_nothing_for_the_whole_are_incomplete(server, reply):
    server.answering = always(reply)

    with seam() as http, pytest.raises(IncompleteError, match=f"for the whole .{reply.status}."):
        http.json(f"{server.url}/x")


@pytest.mark.parametrize("where", ["mailto:a@b.org", "data:,x", "javascript:void(0)", "https://", None])
def test_an_answer_that_leads_nowhere_has_changed_and_ends_nothing_else(server, where):
    headers = {"Location": where} if where else {}
    server.answering = lambda _, asked: as_json([1]) if asked.path == "/y" else Reply(302, b"", headers)

    with seam() as http:
        with pytest.raises(SourceError) as caught:
            http.get(f"{server.url}/x")
        assert http.json(f"{server.url}/y")[0] == [1]

    assert isinstance(caught.value, ChangedError | NoAnswerError)
    assert len(server.asked) <= 4


def test_an_answer_that_is_no_list_is_named_though_it_has_no_field():
    with pytest.raises(ChangedError, match=r"^the answer is dict; a list was expected$"):
        each({})
    with pytest.raises(ChangedError, match=r"^a\.b is int; a list was expected$"):
        each({"a": {"b": 1}}, "a", "b")


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 507, 520, 522, 599])
def test_a_server_fault_is_tried_three_times_and_then_unreachable(server, status):
    server.answering = always(Reply(status))

    with seam() as http, pytest.raises(NoAnswerError, match=f"answered {status}") as caught:
        http.get(f"{server.url}/x")

    assert caught.value.reason is Reason.UNREACHABLE
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("after", "seconds"), [("7", 7), ("Fri, 01 May 2026 02:00:09 GMT", 9)], ids=["seconds", "an HTTP date"]
)
def test_a_server_that_says_when_it_is_back_is_asked_again_then(server, after, seconds):
    server.answering = in_turn(Reply(503, headers={"Retry-After": after}), as_json({"stars": 3}))

    with seam(nap=(nap := Nap())) as http:
        payload, _ = http.json(f"{server.url}/x")

    assert (payload, nap.naps) == ({"stars": 3}, [seconds])


def test_a_server_that_is_back_much_later_is_not_asked_again(server):
    server.answering = always(Reply(503, headers={"Retry-After": "3600"}))

    with seam() as http, pytest.raises(ServerFaultError, match="answered 503"):
        http.get(f"{server.url}/x")

    assert len(server.asked) == 1


def test_a_202_for_ever_is_pending_after_six_seconds(server):
    server.answering = always(Reply(202))

    with seam(nap=(nap := Nap())) as http, pytest.raises(PendingError) as caught:
        http.get(f"{server.url}/x")

    assert caught.value.reason is Reason.PENDING_202
    assert nap.naps == [2, 2, 2]


def test_a_202_that_becomes_a_200_is_an_answer(recorded, server):
    server.answering = in_turn(
        *pygithub(recorded / "github_rest/pygithub_replay/Repository.testStatisticsCommitActivity.txt")[-2:]
    )

    with seam() as http:
        payload, _ = http.json(f"{server.url}/x")

    assert sum(week["total"] for week in payload) == 356


# --- limits ---


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "Fri, 01 May 2026 02:00:09 GMT"}, 9),
        ({"Retry-After": "Fri, 01 May 2026 04:00:09 +0200"}, 9),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(TWO + 20)}, 21),
    ],
    ids=["seconds", "an HTTP date", "a date of another zone", "the reset of the quota"],
)
def test_a_limit_is_waited_for_as_long_as_the_source_asks(server, status, headers, seconds):
    server.answering = in_turn(Reply(status, headers=headers), as_json({"stars": 3}))

    with seam(nap=(nap := Nap())) as http:
        payload, _ = http.json(f"{server.url}/x")

    assert payload == {"stars": 3}
    assert nap.naps == [seconds]


SPENT = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
SECONDARY = {"data": None, "errors": [{"message": "You have exceeded a secondary rate limit."}]}


@pytest.mark.parametrize("payload", [SPENT, SECONDARY], ids=["the quota", "a secondary limit"])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(TWO + 20)}, 21),
        ({}, 60),
    ],
    ids=["seconds", "the reset of the quota", "nothing"],
)
def test_a_limit_of_graphql_that_comes_as_200_is_waited_for_too(server, payload, headers, seconds):
    limit = as_json(payload)
    server.answering = in_turn(replace(limit, headers=limit.headers | headers), as_json({"data": {"viewer": {}}}))

    with seam(nap=(nap := Nap())) as http:
        answer = http.request("POST", f"{server.url}/graphql", body=b"{}")

    assert parse(answer) == {"data": {"viewer": {}}}
    assert nap.naps == [seconds]


@pytest.mark.parametrize(
    "payload",
    [
        {"data": {"r0": {"name": "rate limit"}}, "errors": [{"type": "RATE_LIMITED"}]},
        {"data": {"r0": {"name": "rate limit"}}},
        {"errors": [{"message": "Something went wrong"}]},
        {"errors": "rate limit"},
        ["rate limit"],
    ],
    ids=["good in part", "good", "another fault", "errors that are no list", "no object"],
)
def test_what_graphql_says_otherwise_is_not_waited_for(server, payload):
    server.answering = always(as_json(payload))

    with seam(nap=(nap := Nap())) as http:
        http.request("POST", f"{server.url}/graphql", body=b"{}")

    assert nap.naps == []
    assert len(server.asked) == 1


def test_a_429_that_says_nothing_is_waited_for_a_minute(server):
    server.answering = in_turn(Reply(429), as_json({}))

    with seam(nap=(nap := Nap())) as http:
        http.get(f"{server.url}/x")

    assert nap.naps == [60]


@pytest.mark.parametrize("after", ["0", "Fri, 01 May 2026 01:00:00 GMT", "soon"], ids=["at once", "past", "no date"])
def test_a_limit_that_never_ends_is_given_up_whatever_wait_it_names(server, after):
    server.answering = always(Reply(429, headers={"Retry-After": after}))

    with seam(max_wait_s=3) as http, pytest.raises(LimitError):
        http.get(f"{server.url}/x")

    assert len(server.asked) <= 4


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "61"},
        {"Retry-After": "Fri, 01 May 2026 03:00:00 GMT"},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(TWO + 3600)},
    ],
    ids=["seconds", "an HTTP date", "the reset of the quota"],
)
@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_longer_than_we_may_wait_is_rate_limited_at_once(server, status, headers):
    server.answering = always(Reply(status, headers=headers))

    with seam(nap=(nap := Nap()), max_wait_s=60) as http, pytest.raises(LimitError) as caught:
        http.get(f"{server.url}/x")

    assert caught.value.reason is Reason.RATE_LIMITED
    assert (nap.naps, len(server.asked)) == ([], 1)


def test_waits_add_up_to_the_allowance_and_no_further(server):
    server.answering = always(Reply(429, headers={"Retry-After": "15"}))

    with seam(nap=(nap := Nap()), max_wait_s=60) as http, pytest.raises(LimitError):
        http.get(f"{server.url}/x")

    assert nap.naps == [15, 30]


@pytest.mark.parametrize("seconds", [-300, 300], ids=["behind", "ahead"])
@pytest.mark.parametrize("said", ["retry-after", "x-ratelimit-reset"])
def test_a_server_of_another_clock_is_waited_for_by_its_own(server, seconds, said):
    theirs = MAY_DAY + timedelta(seconds=seconds)
    again = theirs + timedelta(seconds=20)
    stamp = str(int((again - EPOCH).total_seconds()))
    when = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": stamp} | {"retry-after": http_date(again)}
    kept = {name: text for name, text in when.items() if name.startswith(said[:5])}
    server.answering = in_turn(Reply(429, headers={"Date": http_date(theirs), **kept}), as_json({}))

    with seam(nap=(nap := Nap())) as http:
        http.get(f"{server.url}/x")

    assert sum(nap.naps) in {20, 21}


def test_a_server_that_goes_on_refusing_is_asked_ever_more_rarely(server):
    server.answering = always(Reply(429, headers={"Retry-After": "0"}))

    with seam(nap=(nap := Nap()), max_wait_s=30) as http, pytest.raises(LimitError):
        http.get(f"{server.url}/x")

    assert nap.naps == [1, 2, 4, 8]
    assert len(server.asked) == 5


@pytest.mark.parametrize("text", ["You have exceeded a secondary rate limit", "abuse detection mechanism"])
def test_a_403_that_speaks_of_a_limit_is_one(server, text):
    server.answering = always(as_json({"message": text}, 403))

    with seam(max_wait_s=1) as http, pytest.raises(LimitError):
        http.get(f"{server.url}/x")


def test_too_large_is_no_limit_even_with_the_quota_spent(server):
    headers = {"x_ratelimit_remaining": "0"}
    server.answering = always(as_json({"message": "contributor list is too large"}, 403, **headers))

    with seam(nap=(nap := Nap())) as http, pytest.raises(TooLargeError):
        http.get(f"{server.url}/x")

    assert nap.naps == []


@pytest.mark.parametrize("name", ["testHandler_Fail", "testHandler_Wait_Secondary_Limits_Too_Many_Requests"])
def test_recorded_abuse_limits_are_limits(recorded, server, name):
    [mapping] = (recorded / f"github_rest/hub4j_wiremock/AbuseLimitHandlerTest/{name}/mappings").glob("2-*.json")
    response = json.loads(mapping.read_text())["response"]
    headers = {"Retry-After": response["headers"]["Retry-After"]}
    server.answering = always(Reply(response["status"], response.get("body", "").encode(), headers))

    with seam(max_wait_s=1) as http, pytest.raises(LimitError):
        http.get(f"{server.url}/x")


# --- what comes instead of JSON ---


@pytest.mark.parametrize(
    "body",
    [b"<html>503 Backend fetch failed</html>", b'{"stars": 3', b"", b"\xff\xfe", b"xD"],
    ids=["HTML", "half of an object", "nothing", "no UTF-8", "a word"],
)
def test_what_is_no_json_has_changed(server, body):
    server.answering = always(Reply(200, body))

    with seam() as http, pytest.raises(ChangedError, match="sent no JSON") as caught:
        http.json(f"{server.url}/x")

    assert caught.value.reason is Reason.SCHEMA_CHANGED


@pytest.mark.parametrize("value", [None, -1, 3.5, "3", True, [3], {"n": 3}], ids=repr)
def test_only_a_whole_number_from_zero_is_a_count(value):
    with pytest.raises(ChangedError, match=r"stars is .*; a count was expected"):
        count({"stars": value}, "stars")


@pytest.mark.parametrize("payload", [None, [], {}, {"about": None}, {"about": []}, "about", 3], ids=repr)
def test_a_missing_field_is_named(payload):
    with pytest.raises(ChangedError, match=r"the answer has no about\.stats"):
        need(payload, "about", "stats")


# --- redirects ---


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_host_is_followed(server, status):
    server.answering = lambda _, asked: (
        Reply(status, headers={"Location": "/repositories/7"}) if asked.path == "/repos/a/b" else as_json({"id": 7})
    )

    with seam() as http:
        payload, answer = http.json(f"{server.url}/repos/a/b")

    assert payload == {"id": 7}
    assert answer.url == f"{server.url}/repositories/7"


def test_a_redirect_to_another_host_is_not_followed_and_the_token_stays(server):
    with serving(always(as_json({"id": 7}))) as other:
        server.answering = always(Reply(302, headers={"Location": f"{other.url}/x"}))

        with seam() as http, pytest.raises(ChangedError, match="redirects to another host"):
            http.get(f"{server.url}/x", headers={"Authorization": "Bearer sesame"})

    assert server.asked[0].headers["authorization"] == "Bearer sesame"
    assert other.asked == []


def test_a_redirect_that_gives_up_encryption_is_not_followed():
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(301, headers={"Location": "http://api.github.test/x"})

    with seam(transport=httpx.MockTransport(answer)) as http, pytest.raises(ChangedError):
        http.get("https://api.github.test/x", headers={"Authorization": "Bearer sesame"})

    assert asked == ["https://api.github.test/x"]


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("https://api.github.test/x", "https://API.github.test:443/y"),
        ("https://me:sesame@api.github.test/x", "https://api.github.test/y"),
        ("http://api.github.test/x", "https://api.github.test:443/y"),
    ],
)
def test_a_host_that_is_written_otherwise_is_the_same(asked, location):
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(301, headers={"Location": location}) if request.url.path == "/x" else httpx.Response(200)

    with seam(transport=httpx.MockTransport(answer)) as http:
        assert http.get(asked).url == location


@pytest.mark.parametrize("location", ["https://api.github.test:8443/y", "https://api.github.test.evil/y"])
def test_another_port_or_a_longer_name_is_another_host(location):
    moved = httpx.MockTransport(lambda _: httpx.Response(301, headers={"Location": location}))

    with seam(transport=moved) as http, pytest.raises(ChangedError, match="another host"):
        http.get("https://api.github.test/x")


@pytest.mark.parametrize("location", ["http://[broken", "http://127.0.0.1:port/x"])
def test_a_redirect_to_no_address_costs_only_this_answer(server, location):
    server.answering = always(Reply(302, headers={"Location": location}))

    with seam() as http, pytest.raises(SourceError):
        http.get(f"{server.url}/x")


def test_redirects_without_end_are_no_answer(server):
    server.answering = always(Reply(302, headers={"Location": "/x"}))

    with seam() as http, pytest.raises(NoAnswerError, match="redirects without end"):
        http.get(f"{server.url}/x")


# --- secrets, pace ---


def test_a_token_that_is_no_header_stands_in_no_error(server):
    with seam() as http, pytest.raises(RestrictedError, match="is the token one line") as caught:
        http.get(f"{server.url}/x", headers={"Authorization": "Bearer sesame\n"})

    assert "sesame" not in str(caught.value)


def test_no_more_requests_are_under_way_than_allowed(server):
    under_way, peak, lock = 0, 0, threading.Lock()

    def answer(*_):
        nonlocal under_way, peak
        with lock:
            under_way += 1
            peak = max(peak, under_way)
        time.sleep(0.01)
        with lock:
            under_way -= 1
        return Reply()

    server.answering = answer
    with seam(at_once=3) as http, ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda number: http.get(f"{server.url}/{number}"), range(24)))

    assert peak == 3


def test_a_host_that_asked_for_a_rest_is_left_alone_and_others_are_not():
    nap = Nap()
    pace = Pace(8, clock=nap.clock, sleep=nap.sleep)
    pace.rest("tired.test", 30)

    with pace.slot("fresh.test"):
        assert nap.naps == []
    with pace.slot("tired.test"):
        assert nap.naps == [30]


def test_starts_at_one_host_stand_apart():
    nap = Nap()
    pace = Pace(8, apart_s=0.25, clock=nap.clock, sleep=nap.sleep)

    for _ in range(3):
        with pace.slot("a.test"):
            pass

    assert nap.naps == [0.25, 0.25]


def test_a_replay_judges_a_kept_answer_as_the_run_did(server, tmp_path):
    server.answering = always(Reply(404))
    with seam(tmp_path) as http, pytest.raises(GoneError):
        http.get(f"{server.url}/x")

    with replaying(tmp_path) as http, pytest.raises(GoneError):
        http.get(f"{server.url}/x")


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def reset_after_half(wire, _):
    wire.send(Reply(200, b'{"stars"', length=500))
    wire.reset()


def drip(wire, _):
    wire.send(Reply(200, b"", length=1000))
    for _ in range(1000):
        if wire.server.released.wait(0.01):
            break
        wire.wfile.write(b" ")


def pygithub(path) -> list[Reply]:
    """Read replies that PyGithub's tests recorded: ten lines a record, status in the eighth, body in the tenth."""
    lines = path.read_text().splitlines()
    records = [lines[start : start + 11] for start in range(0, len(lines), 11)]
    return [Reply(int(record[7]), record[9].encode()) for record in records if len(record) > 9]
