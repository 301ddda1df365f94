"""What does not fit into little memory, a landing or scores, is kept anew with more, and loses nothing."""

from datetime import datetime
from pathlib import Path

import pytest

from catalog.metric import METRICS
from flows.clock import utc_now
from flows.settings import load_settings
from flows.stages import land, score
from flows.stages.land import land_observations, start_run
from flows.stages.score import score_days
from warehouse.config import FRUGAL
from warehouse.reader import open_reader

DAYS = [datetime(2024, 2, 1)]
QUESTION = "select value from observation where subject = 'jax' and metric = 'github.stars' and value = 7"


def test_what_does_not_fit_lands_with_more_memory(tmp_path: Path, monkeypatch, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    monkeypatch.setattr(land, "FRUGAL", {**FRUGAL, "memory_limit": "3MB"})
    settings = load_settings(home_dir=tmp_path)

    landed = land_observations(settings, [METRICS["github.stars"].of("jax", utc_now(), 7)], start_run("nightly"))

    assert landed.observations > 0
    with open_reader(settings.published) as connection:
        assert connection.sql(QUESTION).fetchall() == [(7.0,)]
    assert "does not fit into little memory" in caplog.text


def test_scores_that_do_not_fit_are_kept_with_more_memory(
    tmp_path: Path, monkeypatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    first, second = (load_settings(home_dir=tmp_path / name) for name in ("much", "little"))
    usual = score_days(first, DAYS)
    monkeypatch.setattr(score, "RECORDING", {"memory_limit": "3MB"})

    kept = score_days(second, DAYS)

    assert "its scores are kept with more" in caplog.text
    assert (kept.total, kept.new) == (usual.total, usual.new)
    assert kept.new == kept.total > 0
    with open_reader(second.published) as connection:
        assert connection.sql("select count(*) from score").fetchall() == [(kept.new,)]
