"""The same steps as Prefect flows and tasks: run names, concurrency, artifacts, the event that starts scoring.

Nothing is decided here. A task is a source, never a repository; retries belong to the transport.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.concurrency.sync import concurrency
from prefect.events import emit_event
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from catalog.moments import midnight
from catalog.wording import many
from flows.logbook import keep_log
from flows.orchestration.archive import readers
from flows.orchestration.orphan import end_with_starter
from flows.orchestration.tending import WRITER, home_tag
from flows.settings import Settings, load_settings
from flows.stages.alarm import failure_told, tell_night
from flows.stages.archive_days import ARCHIVE
from flows.stages.archive_load import load_parts
from flows.stages.backfill import BackfillResult, backfill_recent, run_backfill_plan
from flows.stages.backfill_plan import plan
from flows.stages.chosen import chosen_sources
from flows.stages.collect import Collected, collect_source, settled
from flows.stages.land import RunStart, publish, start_run
from flows.stages.nightly import NightlyResult, land_night
from flows.stages.report import write_site
from flows.stages.resume import resume_before_night, unlanded
from flows.stages.score import default_days, score_night
from flows.stages.shard import shard_of
from flows.stages.spans import Span
from warehouse.published import migrate_published

log = logging.getLogger(__name__)

SNAPSHOT_LANDED = "snapshot.landed"
HOME = "speedscore.home"
RUNNER: TaskRunner[PrefectFuture[Any]] = cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=8))


Found = TypeVar("Found")


class Sealed(Generic[Found]):
    """What goes from task to task and is no business of Prefect's: it looks into all that it hands on, row by row."""

    def __init__(self, found: Found) -> None:
        self.found = found


@task(task_run_name="collect-{name}", cache_policy=NO_CACHE, tags=["collect"], persist_result=False)
def collect_task(
    name: str, settings: Sealed[Settings], run_start: RunStart, subjects: list[str], replay: str | None = None
) -> Sealed[Collected]:
    """Ask one source."""
    collected = collect_source(name, settings.found, run_start, subjects, replay)
    logger = get_run_logger()
    logger.info("%s: %d requests, %d values", name, collected.requests, collected.values)
    if collected.missing:
        logger.warning("%s: %s missing: %s", name, many(collected.missing, "cells"), collected.reasons)
    return Sealed(collected)


@contextmanager
def told_how_it_ends(settings: Settings, run_start: RunStart, names: list[str], subjects: list[str]) -> Iterator[None]:
    """Note what a night asks until it has landed; where it fails, tell those who want to know."""
    with failure_told(settings), unlanded(settings, run_start, names, subjects):
        yield


@task(task_run_name="land-{run_start.run_id}", cache_policy=NO_CACHE)
def land_task(collected: Sealed[list[Collected]], run_start: RunStart) -> NightlyResult:
    """Land everything in one transaction and publish it; what the run returns carries no rows."""
    with concurrency(WRITER, strict=False):
        return land_night(load_settings(), collected.found, run_start).without_rows()


@task(task_run_name="backfill-recent", cache_policy=NO_CACHE)
def backfill_recent_task(subjects: list[str], names: list[str]) -> None:
    """Backfill recent gaps; a failure here costs the night nothing, and the next night tries again."""
    filled = backfill_recent(load_settings(), subjects, names)
    if filled:
        _report(filled)


@flow(name="nightly", flow_run_name="nightly-{subjects}-{sources}", task_runner=RUNNER)
def nightly(
    subjects: list[str] | None = None,
    sources: list[str] | None = None,
    replay: str | None = None,
    shard: str | None = None,
) -> NightlyResult | None:
    """Land what earlier nights could not, collect from every source now, land, publish, and say so.

    With a shard, written 1/3 for the first of three, only its part of the subjects is asked about; None where it is
    empty.
    """
    settings = load_settings()
    keep_log(settings.home_dir)
    if shard and not (subjects := shard_of(subjects or [one.id for one in settings.followed.subjects], shard)):
        get_run_logger().info("shard %s has no subject; there is nothing to ask", shard)
        return None
    if not replay:
        resume_before_night(settings)
    run_start, names = start_run("nightly"), chosen_sources(sources or [])
    with nullcontext() if replay else told_how_it_ends(settings, run_start, names, subjects or []):
        migrate_published(settings.published, run_start.started_at)
        told = Sealed(settings)
        asked = [collect_task.submit(name, told, run_start, subjects or [], replay) for name in names]
        answers = zip(names, asked, strict=True)
        collected = [_result(name, future, settings, run_start, subjects or []) for name, future in answers]
        night = land_task(Sealed(collected), run_start)
        del collected, asked, answers
    _report(night)
    if not replay:
        tell_night(settings, night)
    answered = [one.source for one in night.collected if one.values]
    if answered and not replay:
        backfill_recent_task.submit(subjects or [], answered).wait()
    emit_event(
        SNAPSHOT_LANDED,
        resource={
            "prefect.resource.id": f"warehouse.snapshot.{run_start.run_id}",
            HOME: home_tag(settings.home_dir),
        },
        payload={"run_id": run_start.run_id, "rows": night.landed.observations},
    )
    return night


@flow(name="score", flow_run_name="score-{as_of}")
def score(as_of: str | None = None) -> int:
    """Score the fresh snapshot, or a past day, and the months that need it, under every rubric; renew the site."""
    settings = load_settings()
    keep_log(settings.home_dir)
    days = [midnight(datetime.fromisoformat(as_of).date())] if as_of else default_days()
    with concurrency(WRITER, strict=False):
        kept = score_night(settings, days)
    get_run_logger().info("%d new scores, known at %s", kept.new, kept.known_at)
    rows = kept.scores.filter(kept.scores["as_of"] == max(days))
    page = write_site(settings, settings.home_dir / "site")
    get_run_logger().info("the site is %s", page)
    shown = ["subject", "rubric", "speed_score", "status", "coverage", "reason"]
    create_table_artifact(key="scores", table=rows.select(shown).to_dicts(), description=f"as of {max(days):%Y-%m-%d}")
    return kept.new


@flow(name="backfill", flow_run_name="backfill-{first}-{last}")
def backfill(
    first: str, last: str, subjects: list[str] | None = None, sources: list[str] | None = None
) -> BackfillResult:
    """Fill the missing days that a source can still answer, page by page, and publish them."""
    run_start, settings = start_run("backfill"), load_settings()
    publish(settings)
    if ARCHIVE in (sources or []):
        load_parts(settings, run_start)
    planned = plan(settings, Span.read(first, last), subjects or [], sources or [])
    filled = run_backfill_plan(settings, planned, run_start, readers(settings))
    _report(filled)
    return filled


@flow(name="report", flow_run_name="report")
def report(out: str | None = None) -> str:
    """Write the static site from the published warehouse."""
    settings = load_settings()
    path = write_site(settings, Path(out) if out else settings.home_dir / "site")
    get_run_logger().info("the site is in %s", path)
    return str(path)


def _result(
    name: str, asked: PrefectFuture[Any], settings: Settings, run_start: RunStart, subjects: list[str]
) -> Collected:
    """Return what a source collected; one that broke down costs only itself, and its task logs the traceback."""
    given = asked.result(raise_on_failure=False)
    found = given.found if isinstance(given, Sealed) else given
    collected = settled(name, found, settings, run_start, subjects)
    if collected is not found:
        log.error("%s broke down: %s; its cells are missing tonight", name, settings.masked(repr(found)))
    return collected


def _report(night: NightlyResult | BackfillResult) -> None:
    """Log what changed, and keep a table and a text of the run as artifacts."""
    logger = get_run_logger()
    landed = night.landed
    logger.info("%s: %s landed, %d held back", night.run_id, many(landed.observations, "rows"), landed.quarantined)
    for row in night.moved:
        logger.info("%(subject)s %(metric)s: %(before)g -> %(after)g", row)
    create_table_artifact(key="sources", table=night.table(), description=night.run_id)
    lines = [f"- {row['subject']} {row['metric']}: {row['before']:g} → {row['after']:g}" for row in night.moved]
    text = "\n".join([f"# {night.run_id}", f"{many(landed.observations, 'rows')} landed.", *lines])
    create_markdown_artifact(key="night", markdown=text, description="What the run landed and moved")


logging.getLogger("collectors").setLevel(logging.INFO)
end_with_starter()
