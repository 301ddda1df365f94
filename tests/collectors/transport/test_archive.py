"""Every raw answer is kept once, without secrets, and a kept run answers again without network."""

import gzip
import hashlib
import json
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collectors.errors import (
    GoneError,
    IncompleteError,
    MovedError,
    NoAnswerError,
    RestrictedError,
    ServerFaultError,
    SourceError,
    TooLargeError,
)
from collectors.transport.archive import Answer, Archive, Replay, request_key, strip_secrets
from tests.collectors.loopback import MAY_DAY, Reply, always, as_json, in_turn, replaying, seam, serving

TOKEN = "ghp_sesame/open+1"


# --- what is kept ---


def test_a_body_is_kept_compressed_under_its_fingerprint(tmp_path):
    kept = Archive(tmp_path, "one").keep("GET http://a.test/", answer(b'{"stars": 3}'))

    path = tmp_path / "objects" / kept.sha256[:2] / f"{kept.sha256}.gz"
    assert gzip.decompress(path.read_bytes()) == b'{"stars": 3}'
    assert kept.sha256 == hashlib.sha256(b'{"stars": 3}').hexdigest()


def test_the_same_body_is_kept_once(tmp_path):
    archive = Archive(tmp_path, "one")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: archive.keep(f"GET http://a.test/{number}", answer(b"same")), range(40)))

    assert len(objects(tmp_path)) == 1
    assert len((tmp_path / "runs/one.jsonl").read_text().splitlines()) == 40


def test_nothing_but_whole_objects_is_left_in_the_archive(tmp_path):
    archive = Archive(tmp_path, "one")
    for number in range(5):
        archive.store(str(number).encode())

    assert all(path.suffix == ".gz" for path in objects(tmp_path))


def test_only_headers_that_evidence_needs_are_kept(tmp_path):
    headers = {"etag": '"1"', "link": "<x>", "x-ratelimit-remaining": "3", "set-cookie": "id=7", "x-request-id": "9"}

    kept = Archive(tmp_path, "one").keep("GET http://a.test/", answer(headers=headers))

    assert set(kept.headers) == {"etag", "link", "x-ratelimit-remaining"}


def test_a_link_header_comes_out_as_it_came(tmp_path):
    link = (
        '<https://api.github.com/repositories/1/contributors?anon=1&per_page=1&page=2>; rel="next", '
        '<https://api.github.com/repositories/1/contributors?anon=1&per_page=1&page=405>; rel="last"'
    )

    kept = Archive(tmp_path, "one").keep("GET http://a.test/", answer(headers={"link": link}))

    assert kept.headers["link"] == link


# --- secrets ---


def test_no_secret_reaches_any_file(server, tmp_path):
    server.answering = lambda _, asked: Reply(
        body=f"you sent {asked.headers.get('authorization')} to {asked.path}".encode(),
        headers={"ETag": '"1"', "Link": f"<{server.url}/next?access_token=ghp_other&page=2>; rel=next"},
    )

    with seam(tmp_path, secrets=(TOKEN, "sekey((")) as http:
        for _ in range(2):
            http.get(f"{server.url}/x", headers={"Authorization": f"Bearer {TOKEN}"}, site="so", key="sekey((")

    assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "key=sekey" in server.asked[0].path
    for secret in (TOKEN, "ghp_other", "sekey"):
        assert secret not in everything_in(tmp_path)


@pytest.mark.parametrize(
    "echo",
    [TOKEN, "ghp_sesame%2Fopen%2B1", json.dumps(TOKEN).replace("/", "\\/")],
    ids=["plain", "percent-encoded", "JSON with escaped slashes"],
)
def test_a_secret_that_the_source_echoes_is_kept_in_no_spelling(tmp_path, echo):
    Archive(tmp_path, "one", [TOKEN]).keep("GET http://a.test/", answer(f"bad token {echo}".encode()))

    assert "sesame" not in everything_in(tmp_path)


@pytest.mark.parametrize("secret", ["12345678", "tensorflow"])
def test_what_is_read_is_the_body_as_it_came_and_what_is_kept_has_no_secret(server, tmp_path, secret):
    body = {"stars": 12345678, "name": "tensorflow"}
    server.answering = always(as_json(body, ETag='"1"'))

    with seam(tmp_path, secrets=(secret,)) as http:
        found = [http.json(f"{server.url}/x") for _ in range(2)]

    assert [payload for payload, _ in found] == [body, body]
    kept = Archive(tmp_path, "two").load(found[0][1].sha256)
    assert b"***" in kept
    assert secret not in everything_in(tmp_path)


def test_a_refusal_that_echoes_a_secret_is_told_without_it(server, tmp_path):
    server.answering = lambda _, asked: Reply(401, f"bad {asked.headers['authorization']}".encode())

    with seam(tmp_path, secrets=(TOKEN,)) as http, pytest.raises(RestrictedError) as caught:
        http.get(f"{server.url}/x", headers={"Authorization": TOKEN})

    assert "sesame" not in "".join(traceback.format_exception(caught.value))


def test_an_error_text_is_kept_without_secrets(tmp_path):
    error = NoAnswerError(f"http://me:{TOKEN}@a.test/?token=abc broke off: {TOKEN}")
    Archive(tmp_path, "one", [TOKEN]).keep_error("GET http://a.test/", "http://a.test/", MAY_DAY, error)

    assert "sesame" not in everything_in(tmp_path)
    assert "abc" not in everything_in(tmp_path)


def test_an_access_token_that_github_issues_to_an_app_is_never_kept(server, tmp_path):
    server.answering = always(as_json({"token": "ghs_fresh"}, 201))

    with seam(tmp_path) as http:
        answered = http.request("POST", f"{server.url}/app/installations/7/access_tokens", body=b"{}")

    assert json.loads(answered.body) == {"token": "ghs_fresh"}
    assert "ghs_fresh" not in everything_in(tmp_path)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://a.test/x?key=1&site=so", "https://a.test/x?key=***&site=so"),
        ("https://me:pw@a.test/x", "https://a.test/x"),
        ("GET https://a.test/x?page=2&access_token=1", "GET https://a.test/x?page=2&access_token=***"),
        ("https://a.test/keys?monkey=1", "https://a.test/keys?monkey=1"),
        ("no address at all", "no address at all"),
    ],
)
def test_addresses_lose_their_secrets_and_nothing_else(text, clean):
    assert strip_secrets(text) == clean


# --- replay ---


def test_a_kept_run_answers_again_in_the_same_order_without_network(server, tmp_path):
    server.answering = in_turn(as_json({"n": 1}), as_json({"n": 2}))
    with seam(tmp_path) as http:
        first = [http.json(f"{server.url}/x")[0] for _ in range(2)]

    with replaying(tmp_path) as http:
        again = [http.json(f"{server.url}/x")[0] for _ in range(2)]

    assert again == first == [{"n": 1}, {"n": 2}]


def test_a_replayed_answer_is_equal_to_the_first_in_every_field(server, tmp_path):
    server.answering = always(as_json({"stars": 3}, ETag='"1"', Link="<x>; rel=next"))
    with seam(tmp_path) as http:
        first = http.get(f"{server.url}/x", page=2)

    with replaying(tmp_path) as http:
        assert http.get(f"{server.url}/x", page=2) == first


def test_a_run_made_with_a_key_replays_without_it(server, tmp_path):
    server.answering = always(as_json({"n": 1}))
    with seam(tmp_path, secrets=("sesame",)) as http:
        http.get(f"{server.url}/x", site="so", key="sesame")

    with replaying(tmp_path) as http:
        assert http.json(f"{server.url}/x", site="so")[0] == {"n": 1}


def test_queries_are_told_apart_by_their_bodies(server, tmp_path):
    server.answering = lambda _, asked: Reply(body=asked.body)
    with seam(tmp_path) as http:
        for body in (b"one", b"two"):
            http.request("POST", f"{server.url}/graphql", body=body)

    with replaying(tmp_path) as http:
        assert http.has_kept_queries
        assert http.request("POST", f"{server.url}/graphql", body=b"two").body == b"two"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(503), ServerFaultError),
        (Reply(404), GoneError),
        (Reply(200, bytes(2_000)), TooLargeError),
        (Reply(302, headers={"Location": "http://elsewhere.test/"}), MovedError),
    ],
    ids=["server fault", "gone", "too large", "redirect to another host"],
)
def test_a_replayed_failure_is_the_failure_of_the_run(server, tmp_path, reply, kind):
    server.answering = always(reply)
    with seam(tmp_path, max_bytes=1_000) as http, pytest.raises(SourceError) as first:
        http.get(f"{server.url}/x")

    with replaying(tmp_path) as http, pytest.raises(SourceError) as again:
        http.get(f"{server.url}/x")

    assert type(first.value) is kind
    assert type(again.value) is kind
    assert str(again.value) == str(first.value)


def test_a_missing_answer_names_what_was_expected(tmp_path):
    Archive(tmp_path, "one").keep("GET http://a.test/x", answer())

    with pytest.raises(IncompleteError, match=r"run one kept no answer to GET http://a\.test/y"):
        Replay(tmp_path, "one").answer("GET http://a.test/y")


def test_a_run_that_was_never_kept_cannot_be_replayed(tmp_path):
    with pytest.raises(FileNotFoundError):
        Replay(tmp_path, "never")


def test_a_request_is_known_by_method_address_and_body():
    assert request_key("GET", "http://a.test/x?page=2") == "GET http://a.test/x?page=2"
    assert request_key("POST", "http://a.test/graphql", b"{}") == "POST http://a.test/graphql 44136fa355b3678a"


# --- ETags ---


def test_an_unchanged_answer_is_the_old_body_with_the_old_link(server, tmp_path):
    server.answering = lambda _, asked: (
        Reply(304, b"", {"ETag": '"1"', "x-ratelimit-remaining": "59"})
        if asked.headers.get("if-none-match") == '"1"'
        else as_json([1], ETag='"1"', Link='<x?page=405>; rel="last"', x_ratelimit_remaining="60")
    )
    with seam(tmp_path) as http:
        first, again = http.get(f"{server.url}/x"), http.get(f"{server.url}/x")

    assert [asked.headers.get("if-none-match") for asked in server.asked] == [None, '"1"']
    assert (again.status, again.body, again.sha256) == (200, b"[1]", first.sha256)
    assert again.headers["link"] == '<x?page=405>; rel="last"'
    assert again.headers["x-ratelimit-remaining"] == "59"


def test_an_unchanged_answer_replays_like_any_other(server, tmp_path):
    server.answering = in_turn(as_json([1], ETag='"1"'), Reply(304, b"", {"ETag": '"1"'}))
    with seam(tmp_path) as http:
        http.get(f"{server.url}/x")
    with seam(tmp_path, run_id="two") as http:
        http.get(f"{server.url}/x")

    with replaying(tmp_path, "two") as http:
        assert http.json(f"{server.url}/x")[0] == [1]


def test_an_etag_whose_body_is_gone_is_forgotten(server, tmp_path):
    server.answering = lambda _, asked: Reply(304) if "if-none-match" in asked.headers else as_json([1], ETag='"1"')
    with seam(tmp_path) as http:
        http.get(f"{server.url}/x")
        for path in objects(tmp_path):
            path.unlink()

        assert http.json(f"{server.url}/x")[0] == [1]


def test_a_failure_leaves_no_etag(server, tmp_path):
    server.answering = in_turn(Reply(404, headers={"ETag": '"1"'}), as_json([1]))
    with seam(tmp_path) as http:
        with pytest.raises(GoneError):
            http.get(f"{server.url}/x")
        http.get(f"{server.url}/x")

    assert "if-none-match" not in server.asked[1].headers


def test_two_servers_do_not_share_an_etag(server, tmp_path):
    server.answering = always(as_json([1], ETag='"1"'))
    with serving(always(as_json([2]))) as other, seam(tmp_path) as http:
        http.get(f"{server.url}/x")
        http.get(f"{other.url}/x")

        assert "if-none-match" not in other.asked[0].headers


def answer(body: bytes = b"{}", headers: dict[str, str] | None = None) -> Answer:
    return Answer("http://a.test/", 200, headers or {}, body, MAY_DAY)


def objects(folder: Path) -> list[Path]:
    return [path for path in (folder / "objects").rglob("*") if path.is_file()]


def everything_in(folder: Path) -> str:
    """Return the text of every file, unpacked where it is packed."""
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(gzip.decompress(one) if one[:2] == b"\x1f\x8b" else one for one in found).decode(errors="replace")
