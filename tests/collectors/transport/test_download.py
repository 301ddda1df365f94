"""Large files: whole, resumed, once while the ETag stands, and never spliced, never with the token abroad."""

import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from catalog.observation import Reason
from collectors.errors import (
    GoneError,
    NoAnswerError,
    RestrictedError,
    ServerFaultError,
    SourceError,
    TooLargeError,
)
from collectors.transport import download
from tests.collectors.loopback import Asked, Reply, Wire, always, in_turn, replaying, seam, serving

BODY = b"".join(number.to_bytes(4, "big") for number in range(600_000))
STEP = 600_000


def test_a_file_lies_whole_under_its_fingerprint(server, tmp_path):
    server.answering = always(Reply(body=BODY))

    with seam(tmp_path) as http:
        file = http.download(f"{server.url}/a/train.parquet", tmp_path)

    assert file.path.name == f"{hashlib.sha256(BODY).hexdigest()}.parquet"
    assert file.path.read_bytes() == BODY
    assert list((tmp_path / "files").glob("*.part")) == []


def test_a_file_that_broke_off_goes_on_where_it_stopped(server, tmp_path):
    server.answering = breaking(times=1)

    with seam(tmp_path) as http:
        file = http.download(f"{server.url}/x", tmp_path)

    begun = int(server.asked[1].headers["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < begun <= STEP
    assert file.path.read_bytes() == BODY


def test_a_file_that_broke_off_in_one_run_goes_on_in_the_next(server, tmp_path):
    server.answering = breaking(times=3)
    with seam(tmp_path) as http, pytest.raises(NoAnswerError):
        http.download(f"{server.url}/x", tmp_path)

    with seam(tmp_path, run_id="two") as http:
        file = http.download(f"{server.url}/x", tmp_path)

    assert "range" in server.asked[3].headers
    assert file.path.read_bytes() == BODY


def test_a_server_that_ignores_the_range_sends_the_whole_and_gets_it_written_once(server, tmp_path):
    server.answering = breaking(times=1, ranges=False)

    with seam(tmp_path) as http:
        assert http.download(f"{server.url}/x", tmp_path).path.read_bytes() == BODY


def test_a_file_that_changed_since_it_broke_off_is_never_spliced(server, tmp_path):
    server.answering = breaking(times=1, etags=('"old"', '"new"'), bodies=(bytes(len(BODY)), BODY))

    with seam(tmp_path) as http:
        assert http.download(f"{server.url}/x", tmp_path).path.read_bytes() == BODY


def test_a_rest_that_cannot_be_had_is_asked_for_whole(server, tmp_path):
    server.answering = lambda _, asked: Reply(416) if "range" in asked.headers else Reply(body=BODY)
    leave_a_part(tmp_path, f"{server.url}/x", BODY)

    with seam(tmp_path) as http:
        assert http.download(f"{server.url}/x", tmp_path).path.read_bytes() == BODY

    assert [("range" in asked.headers) for asked in server.asked] == [True, False]


@pytest.mark.parametrize("etag", ["", 'W/"1"'], ids=["none", "a weak one"])
def test_a_part_that_no_strong_etag_vouches_for_is_begun_anew(server, tmp_path, etag):
    server.answering = breaking(times=1, etags=(etag, etag), bodies=(bytes(len(BODY)), BODY))

    with seam(tmp_path) as http:
        assert http.download(f"{server.url}/x", tmp_path).path.read_bytes() == BODY

    assert [("range" in asked.headers) for asked in server.asked] == [False, False]


@pytest.mark.parametrize(
    "headers",
    [{"ETag": '"new"', "Content-Range": "bytes {}-9/10"}, {"Content-Range": "bytes 0-9/10"}, {}],
    ids=["of another file", "of another place", "of no place"],
)
def test_a_rest_that_does_not_belong_to_the_part_is_refused_and_the_whole_asked_for(server, tmp_path, headers):
    begin = breaking(times=1, etags=('"old"', '"old"'))

    def answer(wire: Wire, asked: Asked) -> Reply | None:
        if "range" not in asked.headers:
            return begin(wire, asked)
        start = asked.headers["range"][6:-1]
        return Reply(206, b"the rest of another", {name: text.format(start) for name, text in headers.items()})

    server.answering = answer

    with seam(tmp_path) as http:
        assert http.download(f"{server.url}/x", tmp_path).path.read_bytes() == BODY

    assert [("range" in asked.headers) for asked in server.asked] == [False, True, False]


def test_a_rest_that_comes_in_slices_is_no_whole_file_before_the_last_of_them(server, tmp_path):
    def answer(_: Wire, asked: Asked) -> Reply:
        if "if-none-match" in asked.headers:
            return Reply(304)
        start = int(asked.headers["range"][6:-1]) if "range" in asked.headers else 0
        end = min(start + len(BODY) // 4 + 1, len(BODY))
        return Reply(206, BODY[start:end], {"ETag": '"1"', "Content-Range": f"bytes {start}-{end - 1}/{len(BODY)}"})

    server.answering = answer
    leave_a_part(tmp_path, f"{server.url}/x", BODY[:1])

    with seam(tmp_path) as http:
        with pytest.raises(NoAnswerError, match=rf"has sent [\d,]+ of {len(BODY):,} bytes"):
            http.download(f"{server.url}/x", tmp_path)
        assert http.download(f"{server.url}/x", tmp_path).path.read_bytes() == BODY


def test_a_part_that_nobody_asked_for_is_no_whole_file(server, tmp_path):
    server.answering = lambda *_: Reply(206, BODY[:9], {"Content-Range": f"bytes 0-8/{len(BODY)}"})

    with seam(tmp_path) as http, pytest.raises(NoAnswerError):
        http.download(f"{server.url}/x", tmp_path)


def test_two_downloads_of_one_file_at_once_are_each_whole(server, tmp_path):
    under_way, most = 0, 0

    def answer(wire: Wire, asked: Asked) -> Reply | None:
        nonlocal under_way, most
        if "if-none-match" in asked.headers:
            return Reply(304, b"")
        under_way += 1
        most = max(most, under_way)
        time.sleep(0.05)
        under_way -= 1
        return Reply(body=BODY, headers={"ETag": '"1"'})

    server.answering = answer

    with seam(tmp_path) as http, ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda _: http.download(f"{server.url}/x", tmp_path), range(4)))

    assert most == 1
    assert {file.path.read_bytes() == BODY for file in files} == {True}


def test_an_unchanged_file_is_not_sent_again(server, tmp_path):
    server.answering = lambda _, asked: (
        Reply(304, b"") if "if-none-match" in asked.headers else Reply(body=BODY, headers={"ETag": '"1"'})
    )
    with seam(tmp_path) as http:
        first = http.download(f"{server.url}/x", tmp_path)
        again = http.download(f"{server.url}/x", tmp_path)

    assert server.asked[1].headers["if-none-match"] == '"1"'
    assert again == first


def test_a_left_over_part_never_takes_the_place_of_an_unchanged_file(server, tmp_path):
    server.answering = lambda _, asked: (
        Reply(304, b"") if "if-none-match" in asked.headers else Reply(body=BODY, headers={"ETag": '"1"'})
    )
    with seam(tmp_path) as http:
        http.download(f"{server.url}/x", tmp_path)
        leave_a_part(tmp_path, f"{server.url}/x", b"half of something else")

        assert http.download(f"{server.url}/x", tmp_path).path.read_bytes() == BODY


def test_a_file_that_was_lost_is_brought_again_whatever_its_etag(server, tmp_path):
    server.answering = always(Reply(body=BODY, headers={"ETag": '"1"'}))
    with seam(tmp_path) as http:
        http.download(f"{server.url}/x", tmp_path).path.unlink()
        file = http.download(f"{server.url}/x", tmp_path)

    assert "if-none-match" not in server.asked[1].headers
    assert file.path.read_bytes() == BODY


def test_a_redirect_to_a_cdn_is_followed_without_the_token(server, tmp_path):
    with serving(always(Reply(body=BODY))) as cdn, seam(tmp_path) as http:
        server.answering = always(Reply(302, headers={"Location": f"{cdn.url}/blob?Signature=abc"}))
        file = http.download(f"{server.url}/x.parquet", tmp_path, {"Authorization": "Bearer sesame"})

        assert server.asked[0].headers["authorization"] == "Bearer sesame"
        assert "authorization" not in cdn.asked[0].headers
        assert (file.path.suffix, file.path.read_bytes()) == (".parquet", BODY)


def test_a_redirect_on_the_same_host_keeps_the_token(server, tmp_path):
    server.answering = in_turn(Reply(302, headers={"Location": "/y"}), Reply(body=BODY))

    with seam(tmp_path) as http:
        http.download(f"{server.url}/x", tmp_path, {"Authorization": "Bearer sesame"})

    assert server.asked[1].headers["authorization"] == "Bearer sesame"


def test_a_file_is_asked_for_as_it_is_so_that_a_rest_fits(server, tmp_path):
    with seam(tmp_path) as http:
        http.download(f"{server.url}/x", tmp_path)

    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_a_file_over_the_cap_is_too_large_and_leaves_nothing(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "MAX_BYTES", 1_000_000)
    server.answering = always(Reply(body=BODY))

    with seam(tmp_path) as http, pytest.raises(TooLargeError) as caught:
        http.download(f"{server.url}/x", tmp_path)

    assert caught.value.reason is Reason.TOO_LARGE
    assert list((tmp_path / "files").glob("*[!k]")) == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, RestrictedError), (404, GoneError), (410, GoneError), (503, ServerFaultError)],
)
def test_a_refusal_is_named_and_replays_as_it_was(server, tmp_path, status, kind):
    server.answering = always(Reply(status))
    with seam(tmp_path) as http, pytest.raises(SourceError) as first:
        http.download(f"{server.url}/x", tmp_path)

    with replaying(tmp_path) as http, pytest.raises(SourceError) as again:
        http.download(f"{server.url}/x", tmp_path)

    assert type(first.value) is type(again.value) is kind


def test_a_host_that_cannot_be_reached_is_tried_once_a_run(tmp_path):
    with seam(tmp_path) as http:
        for path in ("a", "b", "c"):
            with pytest.raises(NoAnswerError, match="cannot be reached"):
                http.download(f"http://127.0.0.1:9/{path}", tmp_path)

        assert http.requests == 3


def test_a_token_that_is_no_header_stands_in_no_error(server, tmp_path):
    with seam(tmp_path) as http, pytest.raises(SourceError) as caught:
        http.download(f"{server.url}/x", tmp_path, {"Authorization": "Bearer sesame\n"})

    assert "sesame" not in str(caught.value)


def test_a_kept_run_finds_its_file_without_network(server, tmp_path):
    server.answering = always(Reply(body=BODY))
    with seam(tmp_path) as http:
        first = http.download(f"{server.url}/x", tmp_path)

    with replaying(tmp_path) as http:
        assert http.download(f"{server.url}/x", tmp_path) == first


def test_the_archive_keeps_the_fingerprint_and_not_the_file_again(server, tmp_path):
    server.answering = always(Reply(body=BODY))
    with seam(tmp_path) as http:
        http.download(f"{server.url}/x", tmp_path)

    [line] = (tmp_path / "runs/one.jsonl").read_text().splitlines()
    assert json.loads(line)["status"] == 200
    assert sum(path.stat().st_size for path in (tmp_path / "objects").rglob("*.gz")) < 200


def breaking(
    times: int,
    *,
    ranges: bool = True,
    etags: tuple[str, str] = ('"1"', '"1"'),
    bodies: tuple[bytes, bytes] = (BODY, BODY),
) -> Callable[[Wire, Asked], Reply | None]:
    """Break off after STEP so often, then send the rest that is asked for; the second of each pair comes after."""
    left = times

    def answer(wire: Wire, asked: Asked) -> Reply | None:
        nonlocal left
        etag, body = (etags[0], bodies[0]) if left else (etags[1], bodies[1])
        is_same = asked.headers.get("if-range", etag) == etag
        start = int(asked.headers["range"][6:-1]) if ranges and is_same and "range" in asked.headers else 0
        headers = {"ETag": etag} | ({"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {})
        if left:
            left -= 1
            wire.send(Reply(206 if start else 200, body[start : start + STEP], headers, len(body) - start))
            return None
        return Reply(206 if start else 200, body[start:], headers)

    return answer


def leave_a_part(folder, url: str, body: bytes) -> None:
    """Leave what a run that died would have left."""
    path = folder / "files" / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.part"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(body)
    path.with_suffix(".etag").write_text('"1"')
