"""The budget: what an upstream says is left of its limit, and a run that stops short of it."""

from datetime import timedelta

import pytest

from catalog.observation import Reason
from collectors.errors import LimitError, SpentError
from collectors.transport.archive import Answer
from collectors.transport.budget import Quota, quota_of, resource_of
from collectors.transport.server_time import EPOCH
from tests.collectors.loopback import MAY_DAY, Asked, Nap, Reply, Wire, always, as_json, http_date, replaying, seam

IN_AN_HOUR = int((MAY_DAY - EPOCH).total_seconds()) + 3600
IN_20_S = IN_AN_HOUR - 3580


@pytest.mark.parametrize(
    ("headers", "quota"),
    [
        (
            {"x-ratelimit-remaining": "4987", "x-ratelimit-limit": "5000", "x-ratelimit-reset": str(IN_AN_HOUR)},
            Quota(4987, 5000, MAY_DAY + timedelta(hours=1)),
        ),
        (
            {
                "x-ratelimit-remaining": "4",
                "x-ratelimit-limit": "5",
                "x-ratelimit-reset": f"{IN_AN_HOUR}.25",
                "x-ratelimit-reset-after": "1.5",
            },
            Quota(4, 5, MAY_DAY + timedelta(seconds=1.5)),
        ),
        (
            {"ratelimit": '"api";r=489;t=12', "ratelimit-policy": '"fixed window";"api";q=500;w=300'},
            Quota(489, 500, MAY_DAY + timedelta(seconds=12)),
        ),
        ({"x-ratelimit-remaining": "7"}, Quota(7, 7)),
        ({}, None),
        ({"x-ratelimit-remaining": "many"}, None),
        ({"x-ratelimit-remaining": "-1"}, None),
        ({"x-ratelimit-remaining": "nan", "x-ratelimit-reset": "inf"}, None),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-limit": "60", "x-ratelimit-reset": "9e99"}, Quota(7, 60)),
        ({"ratelimit": f'"api";r=489;t={"9" * 30}', "ratelimit-policy": '"api";q=500'}, Quota(489, 500)),
        ({"ratelimit": "unlimited"}, None),
    ],
    ids=[
        "GitHub",
        "Discord",
        "Hugging Face",
        "bare",
        "none",
        "a word",
        "negative",
        "nan",
        "far",
        "farther",
        "no number",
    ],
)
def test_the_headers_of_each_upstream_are_read(headers, quota):
    assert quota_of(Answer("https://api.test/x", 200, headers, b"", MAY_DAY)) == quota


@pytest.mark.parametrize("seconds", [-300, 300, 86_400], ids=["behind", "ahead", "a day ahead"])
def test_a_reset_is_counted_from_the_date_of_the_same_answer(seconds):
    theirs = MAY_DAY + timedelta(seconds=seconds)
    reset = int((theirs - EPOCH).total_seconds()) + 30
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "60", "x-ratelimit-reset": str(reset)}

    found = quota_of(Answer("https://api.test/x", 200, {**headers, "date": http_date(theirs)}, b"", MAY_DAY))

    assert found == Quota(0, 60, MAY_DAY + timedelta(seconds=30))


@pytest.mark.parametrize(
    "date", ["", "soon", "Fri, 99 May 2026 02:00:00 GMT", http_date(MAY_DAY + timedelta(seconds=1))]
)
def test_without_a_date_that_tells_otherwise_the_clocks_agree(date):
    headers = {"x-ratelimit-remaining": "7", "x-ratelimit-limit": "60", "x-ratelimit-reset": str(IN_AN_HOUR)}

    found = quota_of(Answer("https://api.test/x", 200, {**headers, "date": date}, b"", MAY_DAY))

    assert found == Quota(7, 60, MAY_DAY + timedelta(hours=1))


@pytest.mark.parametrize(
    ("url", "resource"),
    [
        ("https://api.github.com/repos/o/p", "api.github.com"),
        ("https://api.github.com/graphql", "api.github.com graphql"),
        ("https://ghe.test/api/graphql", "ghe.test graphql"),
        ("https://api.github.com/search/issues?q=x", "api.github.com search"),
    ],
)
def test_graphql_and_search_have_limits_of_their_own(url, resource):
    assert resource_of(url) == resource


@pytest.mark.parametrize(("limit", "reserve"), [(5000, 100), (300, 6), (60, 2), (5, 1), (0, 1)])
def test_the_reserve_is_a_fiftieth_of_the_limit_and_never_nothing(limit, reserve):
    assert Quota(limit, limit).reserve == reserve


def test_a_run_stops_short_of_the_limit_and_says_until_when(server):
    left = counting_down(server, 8, limit=100)

    with seam() as http:
        answers = [asked(http, server, n) for n in range(20)]

    assert (answers.count("ok"), left()) == (6, 2)
    told = "allows 100 calls and 2 are left as a reserve; it begins anew at 2026-05-01 03:00 UTC"
    assert answers[-1] == f"{server.url[7:]} {told}"


def test_a_call_that_is_refused_is_rate_limited_and_never_sent(server):
    server.answering = always(as_json({}, **left_of(60, 2)))

    with seam() as http:
        http.get(f"{server.url}/one")
        with pytest.raises(SpentError) as caught:
            http.get(f"{server.url}/two")

    assert len(server.asked) == 1
    assert isinstance(caught.value, LimitError)
    assert caught.value.reason is Reason.RATE_LIMITED
    assert "higher limit" in caught.value.next_step


def test_one_limit_does_not_stop_calls_of_another(server):
    server.answering = always(as_json({}, **left_of(60, 0)))

    with seam() as http:
        http.get(f"{server.url}/repos")

        assert http.request("POST", f"{server.url}/graphql", body=b"{}").status == 200


def test_calls_whose_answers_say_nothing_are_counted_here(server):
    def answer(_: Wire, request: Asked) -> Reply:
        return as_json({}, **left_of(100, 5)) if request.path == "/first" else as_json({})

    server.answering = answer

    with seam() as http:
        http.get(f"{server.url}/first")
        answers = [asked(http, server, n) for n in range(5)]

    assert answers.count("ok") == 3


def test_a_late_answer_of_an_earlier_call_gives_no_calls_back(server):
    with seam() as http:
        http.hear(f"{server.url}/a", Quota(2, 100, MAY_DAY + timedelta(hours=1)))
        http.hear(f"{server.url}/b", Quota(9, 100, MAY_DAY + timedelta(hours=1)))

        assert asked(http, server, 0) != "ok"


def test_a_new_period_has_its_calls_again(server):
    nap = Nap()
    server.answering = always(as_json({}, **left_of(100, 2, IN_AN_HOUR)))

    with seam(nap=nap) as http:
        assert asked(http, server, 0) == "ok"
        assert asked(http, server, 1) != "ok"
        nap.slept += 3601

        assert asked(http, server, 2) == "ok"


def test_a_period_that_ends_soon_is_waited_for(server):
    nap = Nap()
    server.answering = always(as_json({}, **left_of(30, 1, IN_20_S)))

    with seam(nap=nap) as http:
        assert [asked(http, server, n) for n in range(2)] == ["ok", "ok"]

    assert nap.naps == [20]


def test_an_answer_that_nothing_changed_is_free(server, tmp_path):
    def answer(_: Wire, request: Asked) -> Reply:
        headers = left_of(100, 4)
        return Reply(304, b"", headers) if "if-none-match" in request.headers else as_json([1], ETag='"1"', **headers)

    server.answering = answer

    with seam(tmp_path) as http:
        assert [asked(http, server, 7) for _ in range(10)] == ["ok"] * 10


def test_a_refused_call_is_refused_again_when_the_run_is_replayed(server, tmp_path):
    counting_down(server, 4, limit=100)
    with seam(tmp_path) as http:
        first = [asked(http, server, n) for n in range(4)]

    with replaying(tmp_path) as http:
        assert [asked(http, server, n) for n in range(4)] == first


def asked(http, server, number: int) -> str:
    try:
        http.get(f"{server.url}/{number}")
    except SpentError as error:
        return str(error)
    return "ok"


def left_of(limit: int, remaining: int, reset: int = IN_AN_HOUR) -> dict[str, str]:
    names = {"limit": limit, "remaining": remaining, "reset": reset}
    return {f"x-ratelimit-{name}": str(number) for name, number in names.items()}


def counting_down(server, left: int, limit: int):
    """Let the server count its calls down from `left`; give a function that says what is left."""
    state = [left]

    def answer(_: Wire, __: Asked) -> Reply:
        state[0] -= 1
        return as_json({}, **left_of(limit, state[0]))

    server.answering = answer
    return lambda: state[0]
