"""A landing that does not fit into little memory is landed anew with more, and loses nothing."""

from pathlib import Path

import pytest

from catalog.metric import METRICS
from flows.clock import utc_now
from flows.settings import load_settings
from flows.stages import land
from flows.stages.land import land_observations, start_run
from warehouse.connection import FRUGAL, open_reader

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
