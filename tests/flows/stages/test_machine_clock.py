"""The clock of this machine beside the Date of live answers: told where they lie apart, and taken back by undo."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from catalog.moments import midnight
from collectors.transport.archive import Replay
from flows.cli import runs
from flows.cli.app import app
from flows.clock import utc_now
from flows.settings import Settings, load_settings
from flows.stages.check import Verdict
from flows.stages.collect import Collected, collect_source
from flows.stages.health import health
from flows.stages.land import RunStart, start_run
from flows.stages.machine_clock import machine_clock
from flows.stages.nightly import NightlyResult, land_night
from flows.stages.reading import reading
from flows.stages.score import score_night
from flows.stages.undo import undo_run
from tests.collectors.loopback import Asked, Loopback, Nap, Reply, Wire, always, as_json, http_date, seam, serving
from tests.flows.builders import CATALOG

YEAR = timedelta(days=365)
DAY_S = 86_400
GUILD = {"guild": {"id": "1"}, "approximate_member_count": 30, "approximate_presence_count": 3}


# --- what one run hears ---


@pytest.mark.parametrize(
    ("days", "age_s", "ahead_s"),
    [(0, None, 0), (-400, None, 400 * DAY_S), (3, None, -3 * DAY_S), (-2, 2 * DAY_S, 0), (0, "-9", 0), (0, "x", 0)],
)
def test_our_clock_is_compared_with_the_date_of_an_answer_and_its_age(days, age_s, ahead_s):
    age = {} if age_s is None else {"age": str(age_s)}
    told = as_json({}, date=http_date(Nap().start + timedelta(days=days)), **age)

    assert ahead_after(told) == ahead_s


@pytest.mark.parametrize("told", [None, "", "yesterday", "Mon, 99 Xyz 2026 00:00:00 GMT"])
def test_an_answer_without_a_date_says_nothing_of_the_time(told):
    assert ahead_after(as_json({}, **({} if told is None else {"date": told}))) is None


def test_a_refusal_tells_the_time_as_well():
    with serving(always(Reply(404, headers={"Date": http_date(Nap().start - YEAR)}))) as server, seam() as http:
        with pytest.raises(Exception, match="is not there"):
            http.get(f"{server.url}/gone")
        assert http.clock_ahead_s == YEAR.total_seconds()


def test_kept_answers_say_nothing_of_the_time_of_today(tmp_path):
    with serving(always(as_json({}, date=http_date(Nap().start - YEAR)))) as server:
        with seam(tmp_path) as http:
            http.get(f"{server.url}/x")
        with seam(replay=Replay(tmp_path, "one")) as http:
            http.get(f"{server.url}/x")
            assert http.clock_ahead_s is None


# --- what a night makes of it ---


def test_one_source_whose_clock_is_wrong_is_outvoted():
    assert not machine_clock([0.4, None, 9e9, -0.2]).is_wrong
    assert machine_clock([-2 * DAY_S, -3 * DAY_S, 5]).is_wrong
    assert not machine_clock([DAY_S, -DAY_S]).is_wrong
    assert not machine_clock([None]).is_wrong


def test_a_night_whose_clock_is_ahead_says_so_fails_strictly_and_is_undone(server, ours, monkeypatch):
    ahead = YEAR + timedelta(minutes=1)
    with monkeypatch.context() as moved:
        for module in ("seam", "land", "collect"):
            moved.setattr(f"flows.stages.{module}.utc_now", lambda: utc_now() + ahead)
        wrong = night(ours, started(utc_now() + ahead))

    assert wrong.is_whole
    assert not wrong.is_sound
    sentence = (
        "THE CLOCK OF THIS MACHINE is 365.0 days ahead of that of the source that answered, and what landed is "
        f"dated by it; set the clock, then: speedscore undo {wrong.run_id}, and ask again"
    )
    assert told(ours, monkeypatch, wrong) == (3, sentence)
    assert {one.name: (one.verdict, one.detail) for one in health(ours)}["last_night"] == (
        Verdict.WARN,
        wrong.clock.told(wrong.run_id),
    )
    undo_run(ours, wrong.run_id, "the clock was wrong")
    right = night(ours, start_run("nightly"))
    assert told(ours, monkeypatch, right) == (0, "")
    members = "select valid_at, value from observation_current where metric = 'discord.members' and value is not null"
    with reading(ours) as connection:
        found = connection.sql(members).fetchall()
    assert [value for _, value in found] == [30, 30]
    assert all(valid_at <= utc_now() for valid_at, _ in found)


def test_a_night_dated_ahead_hides_neither_a_late_night_nor_one_that_is_not_scored(server, ours, monkeypatch):
    with monkeypatch.context() as moved:
        for module in ("seam", "land", "collect"):
            moved.setattr(f"flows.stages.{module}.utc_now", lambda: utc_now() + YEAR)
        wrong = night(ours, started(utc_now() + YEAR))
    score_night(ours, [midnight(utc_now() + YEAR) + timedelta(days=1)])
    right = night(ours, start_run("nightly"))

    found = {one.name: (one.verdict, one.detail) for one in health(ours)}
    assert found["last_night"][0] is Verdict.OK
    assert right.run_id in found["last_night"][1]
    assert found["dated_ahead"][0] is Verdict.WARN
    assert found["dated_ahead"][1].endswith(f"speedscore undo {wrong.run_id}")
    assert found["scores"] == (Verdict.WARN, f"the night of {utc_now():%Y-%m-%d} is not scored; next: speedscore score")

    monkeypatch.setattr("flows.stages.health.utc_now", lambda: utc_now() + timedelta(hours=40))
    assert {one.name: one.verdict for one in health(ours)}["last_night"] is Verdict.FAIL
    undo_run(ours, wrong.run_id, "the clock was wrong")
    assert "dated_ahead" not in {one.name for one in health(ours)}


def test_a_replay_of_an_old_night_warns_of_no_clock(server, ours):
    server.answering = answer_dated(timedelta(days=-400))
    first = night(ours, start_run("nightly"))

    again = night(ours, start_run("nightly"), replay=first.run_id)

    assert first.clock.is_wrong
    assert (again.clock.ahead_s, again.is_sound) == (None, True)


# --- fixtures and builders ---


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving(answer_dated(timedelta())) as found:
        yield found


@pytest.fixture
def ours(tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.toml").write_text(CATALOG)
    return load_settings(home_dir=tmp_path / "home", catalog=tmp_path / "catalog.toml", discord_api_url=server.url)


def ahead_after(reply: Reply) -> float | None:
    with serving(always(reply)) as server, seam() as http:
        http.get(f"{server.url}/x")
        return http.clock_ahead_s


def answer_dated(away: timedelta) -> Any:
    def answer(_: Wire, __: Asked) -> Reply:
        return as_json(GUILD, date=http_date(utc_now() + away))

    return answer


def started(moment) -> RunStart:
    return RunStart("nightly", f"{moment:%Y%m%dT%H%M%S}-nightly-abcdef", moment)


def night(settings: Settings, run_start: RunStart, replay: str | None = None) -> NightlyResult:
    found: Collected = collect_source("discord", settings, run_start, [], replay)
    return land_night(settings, [found], run_start)


def told(settings: Settings, monkeypatch: pytest.MonkeyPatch, found: NightlyResult) -> tuple[int, str]:
    """Return how `nightly --strict` ends after such a night, and what it says of a clock; nothing is scored."""
    monkeypatch.setattr("flows.orchestration.server.begin_server", lambda: None)
    monkeypatch.setattr(runs, "_night", lambda *_: found)
    monkeypatch.setattr(runs, "_after", lambda _settings, found, **_: runs._close(found))
    said = CliRunner().invoke(app, ["nightly", "--strict"])
    return said.exit_code, "".join(line for line in said.stderr.splitlines() if "CLOCK" in line)
