"""How a night ended is told to a monitor and to people, over real HTTP; who cannot be told costs the night nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from catalog.metric import METRICS
from catalog.observation import Reason
from flows.clock import utc_now
from flows.settings import Settings, load_settings
from flows.stages.alarm import failure_told, tell_night
from flows.stages.collect import Collected
from flows.stages.land import RunStart, land_observations
from flows.stages.nightly import NightlyResult
from warehouse.connection import open_writer
from warehouse.land import LandingResult

STARS = METRICS["github.stars"]
ALPHA, BETA = "pytorch", "jax"
FOUND = """insert into review_queue (subject, metric, kind, detail, finding, opened_at, run_id)
values ('pytorch', 'curated.api_docs', 'contested', 'the page is gone', 'page_gone', now()::timestamp, $1)"""


def test_a_whole_night_pings_and_notifies_nobody(told):
    settings, heard = told

    tell_night(settings, night(STARS.of("pytorch", utc_now(), 3)))

    assert [(path, "row landed" in body) for path, body in heard] == [("/ping/abc", True)]


def test_a_night_with_holes_pings_and_names_them(told):
    settings, heard = told

    tell_night(settings, night(STARS.missing("pytorch", utc_now(), Reason.RATE_LIMITED)))

    assert sorted(path for path, _ in heard) == ["/notify", "/ping/abc"]
    notified = dict(heard)["/notify"]
    assert "github: 1 cell missing (rate_limited 1)" in notified


def test_a_night_that_fails_is_told_as_a_failure_without_its_secrets(told):
    settings, heard = told

    with pytest.raises(RuntimeError), failure_told(settings):
        raise RuntimeError("cannot write with token sesame-open-please")

    assert sorted(path for path, _ in heard) == ["/notify", "/ping/abc/fail"]
    assert all("sesame" not in body and "***" in body for _, body in heard)


def test_who_cannot_be_told_costs_nothing_and_is_logged_without_the_address(tmp_path, caplog):
    settings = load_settings(
        home_dir=tmp_path,
        ping_url="http://127.0.0.1:9/ping/secret-check-id",
        notify_urls="json://127.0.0.1:9/x nonsense://y",
    )

    tell_night(settings, night(STARS.missing("pytorch", utc_now(), Reason.RATE_LIMITED)))

    assert "dead-man check" in caplog.text
    assert "nonsense" in caplog.text
    assert "secret-check-id" not in caplog.text


def test_a_subject_that_turned_stale_is_told_once_and_so_is_each_new_finding(told):
    settings, heard = told
    nights = [utc_now() - timedelta(days=days) for days in (9, 2.5, 1, 0)]
    answers = [[ALPHA, BETA], [BETA], [BETA], [BETA]]
    for number, (at, subjects) in enumerate(zip(nights, answers, strict=True)):
        run_start = RunStart("nightly", f"{at:%Y%m%dT%H%M%S}-nightly-{number}", at)
        land_observations(settings, [STARS.of(one, at, 3) for one in subjects], run_start)
        if number == 1:
            with open_writer(settings.published, utc_now()) as connection:
                connection.execute(FOUND, [run_start.run_id])
        tell_night(settings, replace(night(STARS.of(BETA, at, 3)), run_id=run_start.run_id, started_at=at))

    notified = [body for path, body in heard if path == "/notify"]

    stale = [body for body in notified if "no new value for a week" in body]
    assert [ALPHA in body and BETA not in body for body in stale] == [True]
    assert sum("to review: pytorch curated.api_docs: page_gone" in body for body in notified) == 1


def test_nothing_set_tells_nobody(tmp_path):
    tell_night(load_settings(home_dir=tmp_path), night(STARS.of("pytorch", utc_now(), 3)))


@pytest.fixture
def told(tmp_path: Path, monkeypatch) -> Iterator[tuple[Settings, list[tuple[str, str]]]]:
    heard: list[tuple[str, str]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append((self.path, self.rfile.read(int(self.headers["content-length"])).decode()))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    monkeypatch.setenv("GITHUB_TOKEN", "sesame-open-please")
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        yield (
            load_settings(
                home_dir=tmp_path,
                ping_url=f"http://127.0.0.1:{port}/ping/abc",
                notify_urls=f"json://127.0.0.1:{port}/notify",
            ),
            heard,
        )
        server.shutdown()


def night(observation) -> NightlyResult:
    landed = LandingResult(observations=1, missing=0, quarantined=0, revised=0, known_at=utc_now())
    return NightlyResult("20260501T020000-nightly-0a1b2c", utc_now(), [Collected("github", [observation], 1)], landed)
