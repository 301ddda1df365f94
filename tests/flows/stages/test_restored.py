"""What a backup gives back proves its scores: one taken during a landing, and one that replaces a damaged home."""

from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from catalog.metric import METRICS
from flows.clock import utc_now
from flows.settings import Settings, load_settings
from flows.stages.backup import back_up
from flows.stages.check import Verdict
from flows.stages.doctor import examine
from flows.stages.health import health
from flows.stages.land import land_observations, start_run
from flows.stages.restore import restore
from flows.stages.score import default_days, score_days
from flows.stages.verify import verify_scores
from warehouse.connection import open_writer, writer_path
from warehouse.reader import open_reader

STARS = METRICS["github.stars"]


def test_a_backup_that_is_taken_during_a_landing_restores_to_a_verified_warehouse(scored, tmp_path):
    begun, ends = Event(), Event()
    landing = Thread(target=hold_a_landing_open, args=(scored, begun, ends))
    landing.start()
    try:
        assert begun.wait(60)
        where, _ = back_up(scored, str(tmp_path / "kept.tar.gz"), None, with_raw=False)
    finally:
        ends.set()
        landing.join()
    other = load_settings(home_dir=tmp_path / "other")

    restore(other, where)

    assert count(scored) == count(other) + 1
    assert_verified(other)


def test_a_home_without_a_whole_file_is_brought_back_from_its_backup(scored):
    where, _ = back_up(scored, None, None, with_raw=False)
    for file in (scored.published, writer_path(scored.published)):
        file.write_bytes(b"garbage" * 1000)
    [told] = examine(scored, repairs=True)
    assert health(scored)[0].verdict is Verdict.FAIL
    assert "speedscore restore" in told.done

    restore(scored, where)

    assert examine(scored, repairs=False) == []
    assert health(scored)[0].verdict is Verdict.OK
    assert_verified(scored)


def test_a_night_that_died_before_it_was_scored_is_told(scored, monkeypatch):
    tomorrow = utc_now() + timedelta(days=1)
    assert verdict_of(scored, "scores") is Verdict.OK

    for module in ("land", "health"):
        monkeypatch.setattr(f"flows.stages.{module}.utc_now", lambda: tomorrow)
    land(scored, 4)

    assert verdict_of(scored, "scores") is Verdict.WARN


def hold_a_landing_open(settings: Settings, begun: Event, ends: Event) -> None:
    """Write a row, and commit and publish it only when that is asked for."""
    with open_writer(settings.published, utc_now()) as connection:
        connection.execute("insert into observation select * replace (7777 as value) from observation limit 1")
        begun.set()
        ends.wait(60)


def assert_verified(settings: Settings) -> None:
    done = verify_scores(settings)
    scores, differing = done.scores, done.differences
    assert scores > 0
    assert differing.is_empty()


def count(settings: Settings) -> int:
    with open_reader(settings.published) as connection:
        return connection.execute("select count(*) from observation").fetchall()[0][0]


def verdict_of(settings: Settings, name: str) -> Verdict:
    return next(one.verdict for one in health(settings) if one.name == name)


def land(settings: Settings, value: float) -> None:
    now = utc_now()
    land_observations(settings, [STARS.of("pytorch", now, value)], start_run("nightly"))


@pytest.fixture
def scored(tmp_path: Path) -> Settings:
    """A home in which one night has landed and is scored."""
    found = load_settings(home_dir=tmp_path / "home")
    land(found, 3)
    score_days(found, default_days(), "2026.2")
    return found
