"""What a night says while it asks, and of what is missing: one line a cause, never one a source."""

import logging
from datetime import datetime
from uuid import uuid4

import polars as pl
import pytest

from collectors.errors import ConnectError, GoneError, LimitError, NoTokenError, UntrustedError
from flows.cli.causes import Causes
from flows.cli.summary import summary
from flows.cli.watch import Watch
from flows.settings import load_settings
from flows.stages import collect
from flows.stages.score import ScoringResult

WARNING = "%s: %s: %s; next: %s"


def warned(*errors) -> list[str]:
    causes, log = Causes(), own_logger()
    log.addHandler(causes)
    for number, error in enumerate(errors):
        log.warning(WARNING, f"source{number}", "pytorch, jax", error, error.next_step)
    return list(causes.lines())


def own_logger() -> logging.Logger:
    log = logging.getLogger(f"test.{uuid4()}")
    log.propagate = False
    return log


def test_hosts_and_tokens_are_one_line_each(monkeypatch):
    monkeypatch.delenv("MAKELEVEL", raising=False)
    lines = warned(
        NoTokenError("needs one"),
        *(ConnectError(f"host{n}.example cannot be reached") for n in range(5)),
        NoTokenError("so"),
    )

    assert len(lines) == 2
    assert lines[0].startswith("5 hosts cannot be reached: host0.example, host1.example, host2.example and 2 more;")
    assert lines[1] == (
        "no token: GitHub's GraphQL is not asked (source0, source6); GITHUB_TOKEN=... speedscore nightly, or --gh"
    )


def test_make_is_told_how_make_takes_a_token(monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")

    assert "GITHUB_TOKEN=... make run" in warned(NoTokenError("needs one"))[0]


def test_other_causes_keep_their_words_and_what_to_do():
    lines = warned(
        GoneError("a/b is gone"), UntrustedError("c: certificate not trusted"), LimitError("spent"), GoneError("d/e")
    )

    assert len(lines) == 3
    assert lines[0].startswith("source0, source3: a/b is gone (and 1 more of the kind); next: check the name")
    assert any("SSL_CERT_FILE" in line for line in lines)


def test_a_warning_that_no_source_gave_is_said_once():
    causes, log = Causes(), own_logger()
    log.addHandler(causes)
    for _ in range(3):
        log.warning("the disk is %s", "slow")

    assert list(causes.lines()) == ["WARNING: the disk is slow"]
    assert list(causes.lines()) == []


def test_progress_tells_of_each_source_as_it_answers(capsys):
    with Watch().asking():
        collect.progress.info("asking", extra={"source": "github"})
        collect.progress.info("answered", extra={"source": "github", "told": "3 requests, 9 values"})

    said = capsys.readouterr().err.splitlines()
    assert said[0].endswith("...")
    assert said[1].startswith("  github: 3 requests, 9 values, 0.")
    assert not collect.progress.handlers


@pytest.mark.parametrize("status", ["final", "withheld"])
def test_the_summary_names_the_day_that_is_counted_to_its_end(capsys, monkeypatch, tmp_path, status):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))
    as_of, dims = datetime(2026, 5, 2), ("ecosystem", "production", "research", "learning", "performance")
    row = {"subject": "jax", "as_of": as_of, "rubric": "2026.2", "coverage": 0.875, "status": status}
    row |= {"speed_score": 7.25 if status == "final" else None, "p5": None, "p95": None} | dict.fromkeys(dims, 7.0)
    scores = pl.DataFrame([row], schema_overrides={"speed_score": pl.Float64, "p5": pl.Float64, "p95": pl.Float64})

    summary(load_settings(), ScoringResult(scores, {"jax": "JAX"}, as_of, 1, 1), as_of, tmp_path / "index.html")

    said = capsys.readouterr().out
    assert "at the end of 2026-05-01 (UTC)" in said
    assert "2026-05-02" not in said
    if status == "final":
        assert "88%" in said
        assert "speedscore card jax" in said
    else:
        assert "PyTorch" in said
        assert "8.3 to 9.1" in said
        assert "speedscore card pytorch --as-of 2024-01-31" in said
    assert "speedscore follow https://github.com/OWNER/REPO" in said
