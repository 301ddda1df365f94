"""Land observations: with what is known anyway, in one transaction, published when it is whole."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

import polars as pl

from catalog.load import standing
from catalog.observation import Observation
from catalog.rows import Rows
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.derive import (
    DAYS_READ,
    WALKED,
    answer_times,
    issue_rates,
    land_facts,
    paper_shares,
    past_issue_rates,
    past_liveness,
    past_stars,
)
from flows.stages.review import land_states, review
from warehouse.connection import open_draft, open_writer
from warehouse.frame import frame
from warehouse.label import set_label
from warehouse.land import NOTHING, Landed, Run, add, whole


@dataclass(frozen=True)
class Begun:
    """A run that has begun: what it is, its id, and when it began to ask (naive UTC)."""

    kind: str
    run_id: str
    started_at: datetime


def begin(kind: str) -> Begun:
    """Begin a run; its id sorts by time and says what the run is."""
    now = utc_now()
    return Begun(kind, f"{now:%Y%m%dT%H%M%S}-{kind}-{secrets.token_hex(3)}", now)


def land_observations(
    settings: Settings,
    observations: Iterable[Observation],
    begun: Begun,
    detail: Mapping[str, Any] | None = None,
    facts: Sequence[Rows] = (),
) -> Landed:
    """Land the observations, the facts with what follows from them, and the standing knowledge; publish the whole."""
    catalog, brought, run = settings.followed, list(observations), _run(begun, detail)
    with open_writer(settings.published, utc_now()) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        arrived, noticed = frame([*standing(catalog), *brought]), NOTHING
        if issues := [one for one in facts if one.table.startswith("issue")]:
            derived, noticed = issue_rates(connection, issues, _said(brought, WALKED), run)
            arrived = pl.concat([arrived, derived])
        if questions := [one for one in facts if one.table == "question"]:
            arrived = pl.concat([arrived, answer_times(connection, questions, run)])
        if papers := [one for one in facts if one.table == "paper"]:
            asked = [catalog[one] for one in _said(brought, DAYS_READ)]
            arrived = pl.concat([arrived, paper_shares(connection, papers, asked, run)])
        land_states(connection, facts, run)
        landed = add(connection, arrived, catalog, run, noticed=noticed)
        review(connection, catalog, landed, run)
        return landed


def land_import(
    settings: Settings, observations: Iterable[Observation], begun: Begun, detail: Mapping[str, Any]
) -> Landed:
    """Land what dated trackers say, with what follows from it for past days, in one landing; publish the whole."""
    catalog, run = settings.followed, _run(begun, detail)
    with open_writer(settings.published, utc_now()) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        landed = add(connection, frame([*standing(catalog), *observations]), catalog, run)
        followed = add(connection, past_liveness(connection), catalog, run)
        review(connection, catalog, followed, run)
        return replace(followed, observations=landed.observations + followed.observations, revised=landed.revised)


def land_page(settings: Settings, found: Sequence[Observation | Rows], begun: Begun) -> None:
    """Land one page of a backfill, all of it or nothing, in the writer's own file; `publish` shows it."""
    brought, run = [one for one in found if isinstance(one, Observation)], _run(begun)
    with open_draft(settings.published, utc_now()) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        land_facts(connection, [one for one in found if isinstance(one, Rows)], run)
        if brought:
            add(connection, frame([*standing(settings.followed), *brought]), settings.followed, run)


def land_past(settings: Settings, lacking: Mapping[tuple[str, str], Sequence[datetime]], begun: Begun) -> Landed:
    """Derive the lacking days that follow from what is stored, and publish everything that has landed."""
    run = _run(begun)
    with open_writer(settings.published, utc_now()) as connection, whole(connection):
        if settings.label:
            set_label(connection, settings.label)
        past_stars(connection, lacking, run)
        add(connection, past_liveness(connection), settings.followed, run)
        arrived = pl.concat([frame(standing(settings.followed)), past_issue_rates(connection, lacking, run)])
        return add(connection, arrived, settings.followed, run)


def publish(settings: Settings) -> None:
    """Show what has landed page by page."""
    with open_writer(settings.published, utc_now()):
        pass


def _run(begun: Begun, detail: Mapping[str, Any] | None = None) -> Run:
    return Run(
        run_id=begun.run_id,
        kind=begun.kind,
        started_at=begun.started_at,
        finished_at=utc_now(),
        version=version("speedscore"),
        detail=detail or {},
    )


def _said(observations: Iterable[Observation], metric: str) -> list[str]:
    """Give the subjects of which the metric says that their facts are known whole as of tonight."""
    return [one.subject for one in observations if one.metric == metric and one.has_value]
