"""Land observations: with what is known anyway, in one transaction, published when it is whole."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from itertools import chain
from typing import Any

import stamina
from duckdb import OutOfMemoryException

from catalog.load import shipped_observations
from catalog.observation import Observation
from catalog.rows import Rows
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.derive import Brought, derive
from flows.stages.derive_past import Lacking, land_past_stars, land_stars_of, past_issue_rates, past_liveness
from flows.stages.review import review
from flows.stages.standing import standing
from flows.stages.tell_again import outdated_rates, outdated_stars, rates_again
from warehouse.config import FRUGAL, WRITER, Config
from warehouse.connection import open_draft, open_writer, whole
from warehouse.errors import ConflictError
from warehouse.facts import land_facts
from warehouse.frame import frames
from warehouse.label import set_label
from warehouse.land import LandingResult, Run, add, next_moment
from warehouse.parts import FEW_ROWS_AT_ONCE, ROWS_AT_ONCE

log = logging.getLogger(__name__)
WRITTEN_AGAIN = stamina.retry(on=ConflictError, attempts=5)
"""What lands in a lake is landed anew, as a whole, where another program changed the same rows meanwhile."""


@dataclass(frozen=True)
class RunStart:
    """A run that has run_start: what it is, its id, and when it began to ask (naive UTC)."""

    kind: str
    run_id: str
    started_at: datetime


def moment_of(run_id: str) -> datetime | None:
    """Return when a run began, as its id says; None where it says nothing."""
    try:
        return datetime.strptime(run_id.partition("-")[0], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - naive UTC everywhere
    except ValueError:
        return None


def start_run(kind: str) -> RunStart:
    """Begin a run; its id sorts by time and says what the run is."""
    now = utc_now()
    return RunStart(kind, f"{now:%Y%m%dT%H%M%S}-{kind}-{secrets.token_hex(3)}", now)


@WRITTEN_AGAIN
def land_observations(
    settings: Settings,
    observations: Sequence[Observation],
    run_start: RunStart,
    detail: Mapping[str, Any] | None = None,
    facts: Sequence[Rows] = (),
) -> LandingResult:
    """Land the observations, the facts with what follows from them, and the standing knowledge; publish the whole.

    What does not fit into little memory has landed nothing, and is landed anew with more.
    """
    run = finished(run_start, detail)
    try:
        return _land_with(FRUGAL, settings, observations, run, facts, rows_at_once=FEW_ROWS_AT_ONCE)
    except OutOfMemoryException:
        log.info("%s does not fit into little memory; it is landed with more", run.run_id)
        return _land_with(WRITER, settings, observations, run, facts, rows_at_once=ROWS_AT_ONCE)


def _land_with(  # noqa: PLR0913 - how, and what
    config: Config,
    settings: Settings,
    observations: Sequence[Observation],
    run: Run,
    facts: Sequence[Rows],
    *,
    rows_at_once: int,
) -> LandingResult:
    catalog = settings.followed
    with open_writer(settings.published, utc_now(), config=config) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        derived = derive(connection, Brought(catalog, run, observations, facts))
        catalog = standing(connection, catalog)
        shipped, arrived = frames(shipped_observations(catalog)), chain(frames(observations), [derived.arrived])
        noticed = derived.noticed
        landed = add(connection, arrived, catalog, run, standing=shipped, noticed=noticed, rows_at_once=rows_at_once)
        review(connection, catalog, landed, run)
        return landed


@WRITTEN_AGAIN
def land_import(
    settings: Settings, observations: Sequence[Observation], run_start: RunStart, detail: Mapping[str, Any]
) -> LandingResult:
    """Land what dated trackers say, with what follows from it for past days, in one landing; publish the whole."""
    run = finished(run_start, detail)
    with open_writer(settings.published, utc_now()) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        catalog = standing(connection, settings.followed)
        landed = add(connection, frames(observations), catalog, run, standing=frames(shipped_observations(catalog)))
        followed = add(connection, past_liveness(connection), catalog, run)
        review(connection, catalog, followed, run)
        return replace(
            followed,
            observations=landed.observations + followed.observations,
            revised=landed.revised,
            refused=landed.refused,
        )


@WRITTEN_AGAIN
def land_page(
    settings: Settings, found: Sequence[Observation | Rows], run_start: RunStart, *, has_standing: bool = False
) -> None:
    """Land some pages of a backfill, all of it or nothing, in the writer's own file; `publish` shows it.

    `has_standing` says that this run has landed what is known anyway.
    """
    brought, run = [one for one in found if isinstance(one, Observation)], finished(run_start)
    with open_draft(settings.published, utc_now()) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        known_at = next_moment(connection, run.finished_at)
        land_facts(connection, [one for one in found if isinstance(one, Rows)], known_at, run.run_id)
        if brought:
            catalog = standing(connection, settings.followed)
            shipped = () if has_standing else shipped_observations(catalog)
            add(connection, frames(brought), catalog, run, standing=frames(shipped))


@WRITTEN_AGAIN
def land_past(
    settings: Settings, lacking: Lacking, run_start: RunStart, detail: Mapping[str, Any] | None = None
) -> LandingResult:
    """Derive the lacking days that follow from what is stored, and those of which more is known since; publish all."""
    run = finished(run_start, detail)
    with open_writer(settings.published, utc_now()) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        land_past_stars(connection, lacking, run)
        land_stars_of(connection, {"derive_past_stars": outdated_stars(connection, run.run_id)}, run)
        catalog = standing(connection, settings.followed)
        add(connection, past_liveness(connection), catalog, run)
        shipped, known_at = frames(shipped_observations(catalog)), next_moment(connection, run.finished_at)
        again = rates_again(connection, outdated_rates(connection), known_at)
        told = past_issue_rates(connection, lacking, run)
        return add(connection, [told, again], catalog, run, standing=shipped)


def publish(settings: Settings) -> None:
    """Show what has landed page by page."""
    with open_writer(settings.published, utc_now()):
        pass


def finished(run_start: RunStart, detail: Mapping[str, Any] | None = None) -> Run:
    """Return a run that has asked everything, as it is landed."""
    return Run(
        run_id=run_start.run_id,
        kind=run_start.kind,
        started_at=run_start.started_at,
        finished_at=utc_now(),
        version=version("speedscore"),
        detail=detail or {},
    )
