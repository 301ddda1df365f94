"""A night that fetched and could not land is landed later from its kept answers, once, and nobody is asked again."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
import stamina
from filelock import FileLock
from typer.testing import CliRunner

from catalog.errors import InputError
from catalog.observation import Reason
from flows.cli.app import app
from flows.clock import utc_now
from flows.settings import Settings, load_settings
from flows.stages import land
from flows.stages.collect import collect_source
from flows.stages.land import RunStart
from flows.stages.nightly import NightlyResult, land_night
from flows.stages.report import write_site
from flows.stages.resume import resume_before_night, resume_unlanded, unlanded
from flows.stages.score import default_days, score_days
from flows.stages.unended import UNREPORTED, UNSCORED, unended
from tests.collectors.loopback import Asked, Loopback, Reply, Wire, always, as_json, serving
from tests.flows.builders import CATALOG
from warehouse.connection import open_writer, writer_path
from warehouse.errors import WarehouseBusyError
from warehouse.reader import open_reader

EVE = RunStart("nightly", "20260430T020000-nightly-aaaaaa", datetime(2026, 4, 30, 2, 0, 0, 5))
MAY_DAY = RunStart("nightly", "20260501T020000-nightly-bbbbbb", datetime(2026, 5, 1, 2, 0, 0, 5))


def test_a_night_that_found_the_warehouse_busy_is_landed_later_and_nobody_is_asked(server, settings, capfd):
    fail_to_land(settings, MAY_DAY)
    asked = len(server.asked)

    [night] = resume_unlanded(settings)

    assert len(server.asked) == asked
    assert (night.run_id, night.started_at) == (MAY_DAY.run_id, MAY_DAY.started_at)
    assert [row[:3] for row in members(settings)] == [("alpha", 30.0, None), ("beta", 30.0, None)]
    assert {row[3] for row in members(settings)} == fetched_at(settings, MAY_DAY)
    said = capfd.readouterr().err
    assert "did not land; what it fetched is kept, and `speedscore nightly --resume` lands it" in said
    assert f"{MAY_DAY.run_id}: resumed from its kept answers: " in said


def test_a_night_that_landed_is_never_landed_again(settings):
    a_night(settings, MAY_DAY)
    before = settings.published.read_bytes()

    assert resume_unlanded(settings) == []
    assert settings.published.read_bytes() == before


def test_a_night_that_landed_but_was_killed_before_it_could_say_so_is_not_landed_again(settings):
    a_night(settings, MAY_DAY)
    with pytest.raises(KeyError), unlanded(settings, MAY_DAY, ["discord"], []):
        raise KeyError("killed after the landing")

    assert resume_unlanded(settings) == []
    assert list((settings.home_dir / "raw" / "unlanded").iterdir()) == []
    assert unended(settings, UNSCORED) == [MAY_DAY.run_id]


def test_a_night_waits_for_its_scores_and_then_until_the_site_tells_of_it(settings):
    a_night(settings, EVE)
    fail_to_land(settings, MAY_DAY)
    assert unended(settings, UNSCORED) == [EVE.run_id]

    resume_unlanded(settings)
    score_days(settings, [datetime(2026, 5, 1)])
    score_days(settings, default_days(), known_at=utc_now())
    score_days(settings, default_days(), "2024.1")
    assert unended(settings, UNSCORED) == [EVE.run_id, MAY_DAY.run_id]

    score_days(settings, default_days())
    assert (unended(settings, UNSCORED), unended(settings, UNREPORTED)) == ([], [EVE.run_id, MAY_DAY.run_id])

    write_site(settings, settings.home_dir / "elsewhere")
    assert unended(settings, UNREPORTED) == [EVE.run_id, MAY_DAY.run_id]
    write_site(settings, settings.home_dir / "site")
    assert unended(settings, UNREPORTED) == []


def test_a_night_that_is_resumed_is_not_resumed_again(settings):
    fail_to_land(settings, MAY_DAY)
    resume_unlanded(settings)

    assert resume_unlanded(settings) == []


def test_all_nights_are_resumed_the_oldest_first(settings):
    fail_to_land(settings, MAY_DAY)
    fail_to_land(settings, EVE)

    assert [night.run_id for night in resume_unlanded(settings)] == [EVE.run_id, MAY_DAY.run_id]
    assert {row[3] for row in members(settings)} == fetched_at(settings, EVE) | fetched_at(settings, MAY_DAY)


def test_only_what_the_night_asked_is_said_to_be_missing_of_it(settings):
    fail_to_land(settings, MAY_DAY, subjects=["alpha"])

    [night] = resume_unlanded(settings)

    assert [one.source for one in night.collected] == ["discord"]
    assert [row[0] for row in members(settings)] == ["alpha"]


def test_what_a_night_had_not_asked_when_it_was_killed_is_missing_and_not_zero(server, settings):
    kill_while_it_asks_about_beta(server, settings)

    [night] = resume_unlanded(settings)

    assert [row[:3] for row in members(settings)] == [("alpha", 30.0, None), ("beta", None, Reason.INCOMPLETE)]
    assert members(settings)[1][3] == MAY_DAY.started_at
    assert not night.is_whole


def test_a_night_that_still_asks_is_left_alone(settings):
    with unlanded(settings, MAY_DAY, ["discord"], []):
        night = collect_source("discord", settings, MAY_DAY, [])

        assert resume_unlanded(settings) == []
        land_night(settings, [night], MAY_DAY)


def test_a_night_that_fetched_nothing_is_forgotten(settings):
    with pytest.raises(KeyError), unlanded(settings, MAY_DAY, ["discord"], []):
        raise KeyError("died before it asked")

    assert resume_unlanded(settings) == []
    assert not settings.published.exists()


def test_a_night_whose_list_is_damaged_is_set_aside_and_the_others_are_resumed(settings, caplog):
    fail_to_land(settings, EVE)
    fail_to_land(settings, MAY_DAY)
    path = run_list(settings, EVE)
    path.write_bytes(b"garbage\n" + path.read_bytes())

    assert [night.run_id for night in resume_unlanded(settings)] == [MAY_DAY.run_id]
    [said] = [text for text in caplog.messages if "damaged" in text]
    assert said.startswith(f"{path} was damaged; it is set aside as {path.name}.damaged-")
    assert resume_unlanded(settings) == []


def test_an_answer_that_is_damaged_costs_its_own_cells(server, settings):
    server.answering = lambda _, asked: as_json(discord(30 if "AAA" in asked.path else 31))
    fail_to_land(settings, MAY_DAY)
    kept = min((settings.home_dir / "raw" / "objects").rglob("*.gz"))
    kept.write_bytes(b"")

    resume_unlanded(settings)

    assert sorted(str(row[2]) for row in members(settings)) == ["None", "incomplete"]
    assert [path.name for path in kept.parent.glob("*.damaged-*")] == [f"{kept.name}.damaged-{MAY_DAY.run_id}"]


def test_what_cannot_be_resumed_yet_keeps_no_night_from_being_asked(settings, monkeypatch, capfd):
    fail_to_land(settings, MAY_DAY)
    with FileLock(lock_of(settings)), monkeypatch.context() as patched:
        patched.setattr(land, "open_writer", partial(open_writer, patience_s=0.05))
        resume_before_night(settings)

    assert "tonight goes on, and the next night tries again" in capfd.readouterr().err
    assert [night.run_id for night in resume_unlanded(settings)] == [MAY_DAY.run_id]


# --- the command ---


def test_the_command_lands_what_did_not_land_and_scores(server, settings, in_environment):
    fail_to_land(settings, MAY_DAY)
    asked = len(server.asked)

    done = CliRunner().invoke(app, ["nightly", "--resume"])

    assert done.exit_code == 0, done.output
    assert re.search(rf"{MAY_DAY.run_id}: \d{{3}} rows landed", done.output)
    assert (settings.home_dir / "site" / "index.html").exists()
    assert len(server.asked) == asked


def test_the_command_says_where_there_is_nothing_to_resume(settings, in_environment):
    done = CliRunner().invoke(app, ["nightly", "--resume"])

    assert done.exit_code == 0
    assert "nothing to resume" in done.output


def test_the_command_takes_no_other_choice(settings, in_environment):
    done = CliRunner().invoke(app, ["nightly", "--resume", "--source", "discord"])

    assert isinstance(done.exception, InputError)


# --- fixtures and builders ---


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving(always(as_json(discord(30)))) as found:
        yield found


@pytest.fixture
def settings(tmp_path, server, monkeypatch) -> Settings:
    for name in ("GITHUB_TOKEN", "STACKEXCHANGE_KEY", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.toml").write_text(CATALOG)
    return load_settings(
        home_dir=tmp_path / "home",
        catalog=tmp_path / "catalog.toml",
        discord_api_url=server.url,
        max_concurrency=1,
    )


@pytest.fixture
def in_environment(settings, monkeypatch) -> None:
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)


def environment_of(settings: Settings) -> dict[str, str]:
    return {
        "SPEEDSCORE_HOME_DIR": str(settings.home_dir),
        "SPEEDSCORE_CATALOG": str(settings.catalog),
        "SPEEDSCORE_DISCORD_API_URL": settings.discord_api_url,
        "SPEEDSCORE_MAX_CONCURRENCY": "1",
    }


def discord(members: int) -> dict:
    return {"guild": {"id": "1"}, "approximate_member_count": members, "approximate_presence_count": 3}


def a_night(settings: Settings, run_start: RunStart, subjects: tuple[str, ...] | list[str] = ()) -> NightlyResult:
    """Do what a night does, without Prefect around it."""
    with unlanded(settings, run_start, ["discord"], subjects):
        return land_night(settings, [collect_source("discord", settings, run_start, subjects)], run_start)


def fail_to_land(settings: Settings, run_start: RunStart, subjects: tuple[str, ...] | list[str] = ()) -> None:
    """Let somebody else write for longer than the night waits."""
    lock_of(settings).parent.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patched, FileLock(lock_of(settings)):
        patched.setattr(land, "open_writer", partial(open_writer, patience_s=0.05))
        with pytest.raises(WarehouseBusyError):
            a_night(settings, run_start, subjects)


def kill_while_it_asks_about_beta(server: Loopback, settings: Settings) -> None:
    def answer(wire: Wire, asked: Asked) -> Reply | None:
        if "BBB" not in asked.path:
            return as_json(discord(30))
        os.kill(night.pid, signal.SIGKILL)
        server.released.wait(20)
        return None

    server.answering = answer
    code = (
        "from flows.settings import load_settings; from tests.flows.stages.test_resume import MAY_DAY, a_night; "
        "a_night(load_settings(), MAY_DAY)"
    )
    environment = os.environ | environment_of(settings) | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as night:
        assert night.wait(60) == -signal.SIGKILL


def lock_of(settings: Settings) -> Path:
    return writer_path(settings.published).with_suffix(".lock")


def run_list(settings: Settings, run_start: RunStart) -> Path:
    return settings.home_dir / "raw" / "runs" / f"{run_start.run_id}.jsonl"


def fetched_at(settings: Settings, run_start: RunStart) -> set[datetime]:
    kept = run_list(settings, run_start).read_text("utf-8").splitlines()
    return {datetime.fromisoformat(json.loads(line)["fetched_at"]) for line in kept}


def members(settings: Settings) -> list[tuple]:
    """Return what has landed of the members: subject, value, reason, moment."""
    asked = "select subject, value, reason, valid_at from observation where metric = 'discord.members' and source = 'discord' order by all"
    with open_reader(settings.published) as connection:
        return connection.execute(asked).fetchall()
