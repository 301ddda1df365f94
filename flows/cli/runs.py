"""Run the collecting flows from a terminal, with Prefect's noise apart, and say how it went."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from catalog.wording import many
from collectors.source import sources
from flows.cli.causes import Causes
from flows.cli.ending import leave_when_interrupted
from flows.cli.show import print_json, show
from flows.cli.summary import summary
from flows.cli.watch import Watch, step
from flows.clients import refuse_unusable_proxies
from flows.imports import importing
from flows.logbook import hear, keep_log
from flows.notes import note
from flows.orchestration.server import begin_server, prefect_server
from flows.orchestration.serving import connect
from flows.settings import Settings
from flows.stages.backfill import BackfillResult
from flows.stages.backfill_plan import plan
from flows.stages.chosen import chosen_sources, tonight
from flows.stages.nightly import NightlyResult
from flows.stages.seam import replayable
from flows.stages.spans import Span

CAUSES = Causes()
LONG = ("papers", "pwc")
"""The sources that read whole lists or archives, whoever is asked about."""
NIGHT_COLUMNS = ("source", "requests", "values", "missing", "why")
FILLED_COLUMNS = ("source", "steps", "requests", "pages", "why")
PLAN_COLUMNS = (
    "source",
    "step",
    "how",
    "calls",
    "megabytes",
    "about_seconds",
    "days",
    "first",
    "last",
    "subjects",
    "resource",
)


def run_nightly(
    settings: Settings, subjects: list[str], sources: list[str], replay: str | None, *, as_json: bool
) -> NightlyResult:
    """Run the nightly flow, then score and write the site."""
    night = _night(settings, subjects, sources, replay)
    _after(settings, night, as_json=as_json)
    return night


def run_shard(settings: Settings, subjects: list[str], sources: list[str], replay: str | None) -> NightlyResult:
    """Run the nightly flow for one worker's part of the subjects; who scores waits for the others."""
    night = _night(settings, subjects, sources, replay)
    _close(night)
    return night


def _night(settings: Settings, subjects: list[str], sources: list[str], replay: str | None) -> NightlyResult:
    tonight(sources)
    if replay:
        replayable(settings, replay)
    else:
        refuse_unusable_proxies()
        note(_asked(settings, subjects, tonight(sources)))
    night: NightlyResult = _timed(settings, "nightly", subjects=subjects, sources=sources, replay=replay)
    return night


def collect_one(settings: Settings, subject: str) -> None:
    """Ask the sources that answer at once about one subject and land what they say; only progress is printed.

    What takes a walk through lists, past days and papers, is left to the nights.
    """
    os.environ.setdefault("SPEEDSCORE_RECENT_CALLS", "0")
    names = [name for name in tonight([]) if name not in LONG]
    note(_asked(settings, [subject], names))
    note(f"left to the next night: {', '.join(LONG)}, and past days")
    night: NightlyResult = _timed(settings, "nightly", subjects=[subject], sources=names, replay=None)
    _close(night)


def run_resume(settings: Settings, *, as_json: bool) -> bool:
    """Land the nights that died, then score and write the site; return whether nothing is wrong with them."""
    from flows.stages.resume import resume_unlanded

    nights = resume_unlanded(settings)
    if nights:
        _after(settings, nights[-1], as_json=as_json)
    else:
        note("nothing to resume: every night that fetched anything has landed")
    return all(night.is_sound for night in nights)


def run_backfill(
    settings: Settings, span: Span, subjects: list[str], sources: list[str], *, as_json: bool
) -> BackfillResult:
    """Run the backfill flow, then score."""
    refuse_unusable_proxies()
    first, last = (moment.date().isoformat() for moment in span)
    with _server_of(settings):
        filled: BackfillResult = _timed(
            settings, "backfill", first=first, last=last, subjects=subjects, sources=sources
        )
    _after(settings, filled, as_json=as_json)
    return filled


def show_plan(settings: Settings, span: Span, subjects: Sequence[str], names: Sequence[str], *, as_json: bool) -> None:
    """Say what a backfill would ask, and ask nothing."""
    found = plan(settings, span, subjects, names).table()
    if gone := [name for name in chosen_sources(names) if sources()[name].past is None]:
        note(f"snapshots only, a past day was had on its night or is lost: {', '.join(gone)}")
    show(found, PLAN_COLUMNS, as_json=as_json, title="What a backfill would ask")


def _asked(settings: Settings, subjects: list[str], names: Sequence[str]) -> str:
    """Return what is about to be asked, in one sentence."""
    catalog = settings.followed.only(subjects)
    number = len(catalog.subjects)
    of = catalog.subjects[0].name if number == 1 else f"{number} frameworks"
    asked = f"asking {many(len(names), 'sources')} about {of} ({', '.join(names)})"
    return f"{asked}; a first night takes minutes, one without network about 30 s"


def _after(settings: Settings, night: NightlyResult | BackfillResult, *, as_json: bool) -> None:
    from flows.stages.report import write_site
    from flows.stages.score import default_days, leaderboard, score_night

    days = default_days()
    with step("Scoring today, and each month that has no score or of which more is known"):
        kept = score_night(settings, days)
    today = kept.scores.filter(kept.scores["as_of"] == days[0])
    board = leaderboard(today, kept.names)
    with step("Writing the site"):
        page = write_site(settings, settings.home_dir / "site")
    if as_json:
        facts = {"run_id": night.run_id, "known_at": night.landed.known_at, "observations": night.landed.observations}
        print_json({**facts, "sources": night.table(), "moved": night.moved, "scores": board})
        _close(night)
        return
    _close(night)
    print()
    show(night.table(), NIGHT_COLUMNS if isinstance(night, NightlyResult) else FILLED_COLUMNS, title="Sources asked")
    print()
    summary(settings, kept, days[0], page)


def _close(night: NightlyResult | BackfillResult) -> None:
    """Say loudly what is missing, one line a cause."""
    landed = night.landed
    for line in CAUSES.lines():
        note(line)
    note(
        f"{night.run_id}: {many(landed.observations, 'rows')} landed{_without(night)}, {landed.quarantined:,} held back"
    )
    if landed.refused:
        note(f"refused: {many(landed.refused, 'rows')} about days that cannot have been; see the clock of this machine")
    for row in night.moved[:5]:
        note(f"moved: {row['subject']} {row['metric']} {row['before']:g} -> {row['after']:g}")
    if night.clock.is_wrong:
        note(night.clock.told(night.run_id))
    if night.lost:
        note(f"MISSING: {', '.join(night.lost)} did not answer for everything")


def _without(night: NightlyResult | BackfillResult) -> str:
    """Say how many of the rows have no value, and how many of those no source was asked for."""
    empty = night.landed.missing
    if not empty or not isinstance(night, NightlyResult):
        return f", {empty:,} of them without a value" if empty else ""
    derived = max(0, empty - night.unanswered)
    return f", {empty:,} of them without a value ({night.unanswered:,} asked for, {derived:,} to be derived)"


def _server_of(settings: Settings) -> AbstractContextManager[Any]:
    """Return a server that the workers of a cluster reach too, where there is a cluster."""
    return prefect_server() if settings.dask_address else nullcontext()


def _prefect(settings: Settings) -> Any:
    """Import Prefect with its console at rest; the collectors' words go to a file and to stderr."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    os.environ["PREFECT_LOGGING_EXTRA_LOGGERS"] = ""
    os.environ.setdefault("PREFECT_LOGGING_ROOT_LEVEL", "ERROR")
    import collectors.github_api.requester  # noqa: F401 - while the server comes up, not while sources are asked
    from flows.orchestration import pipelines as orchestrate

    keep_log(settings.home_dir)
    hear(CAUSES)
    return orchestrate


def _timed(settings: Settings, flow: str, **asked: Any) -> Any:
    """Run a flow; say what it does while it does it, and how long Prefect's server took to come up."""
    with step("Starting Prefect's server"):
        begin_server()
        with importing():
            orchestrate = _prefect(settings)
        connected = connect()
    leave_when_interrupted()
    with Watch().asking(), connected:
        return getattr(orchestrate, flow)(**asked)
