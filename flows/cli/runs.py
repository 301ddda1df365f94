"""Run the collecting flows from a terminal, with Prefect's noise apart, and say how it went."""

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

from collectors.source import sources
from flows.cli.ending import leave_when_interrupted
from flows.cli.show import print_json, show
from flows.clients import refuse_unusable_proxies
from flows.notes import note
from flows.orchestration.server import begin_passing_server, passing, prefect_server
from flows.orchestration.serving import connect
from flows.settings import Settings
from flows.stages.backfill import BackfillResult
from flows.stages.backfill_plan import Span, plan
from flows.stages.collect import chosen_sources, replayable, tonight
from flows.stages.nightly import NightlyResult

Told = TypeVar("Told", NightlyResult, BackfillResult)
NIGHT_COLUMNS = ("source", "requests", "values", "missing", "why")
FILLED_COLUMNS = ("source", "steps", "requests", "pages", "why")
PLAN_COLUMNS = (
    "source",
    "step",
    "how",
    "subjects",
    "days",
    "first",
    "last",
    "resource",
    "calls",
    "megabytes",
    "about_seconds",
)


def run_nightly(
    settings: Settings, subjects: list[str], sources: list[str], replay: str | None, *, as_json: bool
) -> NightlyResult:
    """Run the nightly flow, then score and write the site."""
    tonight(sources)
    if replay:
        replayable(settings, replay)
    else:
        refuse_unusable_proxies()
    orchestrate = _prefect(settings)
    night: NightlyResult = _timed(lambda: orchestrate.nightly(subjects=subjects, sources=sources, replay=replay))
    _after(settings, night, as_json=as_json)
    return night


def run_resume(settings: Settings, *, as_json: bool) -> bool:
    """Land the nights that died, then score and write the site; return whether no cell of them is missing."""
    from flows.stages.resume import resume_unlanded

    nights = resume_unlanded(settings)
    if nights:
        _after(settings, nights[-1], as_json=as_json)
    else:
        note("nothing to resume: every night that fetched anything has landed")
    return all(night.is_whole for night in nights)


def run_backfill(
    settings: Settings, span: Span, subjects: list[str], sources: list[str], *, as_json: bool
) -> BackfillResult:
    """Run the backfill flow, then score."""
    refuse_unusable_proxies()
    first, last = (moment.date().isoformat() for moment in span)
    with _server_of(settings):
        orchestrate = _prefect(settings)
        filled: BackfillResult = _timed(lambda: orchestrate.backfill(first, last, subjects=subjects, sources=sources))
    _after(settings, filled, as_json=as_json)
    return filled


def show_plan(settings: Settings, span: Span, subjects: Sequence[str], names: Sequence[str], *, as_json: bool) -> None:
    """Say what a backfill would ask, and ask nothing."""
    found = plan(settings, span, subjects, names).table()
    for name in chosen_sources(names):
        if sources()[name].past is None:
            note(f"{name}: snapshots only; a past day was had on its night or is lost")
    show(found, PLAN_COLUMNS, as_json=as_json, title="What a backfill would ask")


def _after(settings: Settings, night: NightlyResult | BackfillResult, *, as_json: bool) -> None:
    from flows.stages.report import write_site
    from flows.stages.score import as_said, default_days, leaderboard, score_night

    began = time.monotonic()
    days = default_days()
    kept = score_night(settings, days)
    today = kept.scores.filter(kept.scores["as_of"] == days[0])
    board = leaderboard(today, kept.names)
    page = write_site(settings, settings.home_dir / "site")
    if as_json:
        facts = {"run_id": night.run_id, "known_at": night.landed.known_at, "observations": night.landed.observations}
        print_json({**facts, "sources": night.table(), "moved": night.moved, "scores": board})
    else:
        columns = ("name", "speed_score", "interval", "ecosystem", "production", "research", "learning", "performance")
        show(map(as_said, board), (*columns, "coverage", "status"), title=f"Speed Scores as of {days[0]:%Y-%m-%d}")
    if all(row["status"] == "withheld" for row in board):
        note("too few fresh answers for a score today; what is known of the past: speedscore score --as-of 2026-08-31")
    note(f"{kept.new:,} new scores in {time.monotonic() - began:.1f} s; the site is {page}")
    _close(night, as_json=as_json)


def _close(night: NightlyResult | BackfillResult, *, as_json: bool) -> None:
    """Say loudly what is missing, in one table."""
    landed, columns = night.landed, NIGHT_COLUMNS if isinstance(night, NightlyResult) else FILLED_COLUMNS
    note(f"{night.run_id}: {landed.observations:,} rows landed, {landed.quarantined:,} held back")
    if landed.refused:
        note(
            f"{landed.refused:,} rows are about days that cannot have been, and were refused; see the clock of this machine"
        )
    for row in night.moved[:5]:
        note(f"moved: {row['subject']} {row['metric']} {row['before']:g} -> {row['after']:g}")
    if not as_json:
        print()
        show(night.table(), columns, title="Sources asked")
    if night.lost:
        note(
            f"MISSING: {', '.join(night.lost)} did not answer for everything; scores use older values, or say that they are incomplete"
        )


def _server_of(settings: Settings) -> AbstractContextManager[Any]:
    """Return a server that the workers of a cluster reach too, where there is a cluster."""
    return prefect_server() if settings.dask_address else nullcontext()


def _prefect(settings: Settings) -> Any:
    """Import Prefect with its console at rest; the collectors' words go to a file and to stderr."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    os.environ["PREFECT_LOGGING_EXTRA_LOGGERS"] = ""
    os.environ.setdefault("PREFECT_LOGGING_ROOT_LEVEL", "ERROR")
    begin_passing_server()
    from flows.orchestration import pipelines as orchestrate

    path = settings.home_dir / "speedscore.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    _log_to(logging.FileHandler(path, encoding="utf-8"), "%(asctime)s %(levelname)s %(message)s")
    _log_to(logging.StreamHandler(), "%(levelname)s: %(message)s")
    return orchestrate


def _log_to(handler: logging.Handler, form: str) -> None:
    handler.setFormatter(logging.Formatter(form))
    handler.setLevel(logging.WARNING)
    for name in ("collectors", "flows", "warehouse"):
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False


def _timed(run: Callable[[], Told]) -> Told:
    """Run a flow; say apart how long Prefect's server took to come up."""
    called = passing.begun_s or time.monotonic()
    connect()
    leave_when_interrupted()
    ready = time.monotonic()
    night = run()
    note(
        f"Prefect's server was ready after {ready - called:.1f} s; "
        f"asking and landing took {time.monotonic() - ready:.1f} s"
    )
    return night
