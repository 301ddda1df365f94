"""Land observations: with what is known anyway, in one transaction, published when it is whole."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import polars as pl

from catalog.load import standing
from catalog.observation import Observation
from catalog.rows import Rows
from flows.clock import utc_now
from flows.derive import DAYS_READ, WALKED, issue_rates, paper_shares
from flows.settings import Settings
from warehouse.connection import open_writer
from warehouse.frame import frame
from warehouse.label import set_label
from warehouse.land import NOTHING, Landed, Run, land


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
    catalog, brought = settings.followed, list(observations)
    run = Run(
        run_id=begun.run_id,
        kind=begun.kind,
        started_at=begun.started_at,
        finished_at=utc_now(),
        version=version("speedscore"),
        detail=detail or {},
    )
    with open_writer(settings.published, utc_now()) as connection:
        if settings.label:
            set_label(connection, settings.label)
        arrived, noticed = frame([*standing(catalog), *brought]), NOTHING
        if issues := [one for one in facts if one.table.startswith("issue")]:
            derived, noticed = issue_rates(connection, issues, _said(brought, WALKED), run)
            arrived = pl.concat([arrived, derived])
        if papers := [one for one in facts if one.table == "paper"]:
            asked = [catalog[one] for one in _said(brought, DAYS_READ)]
            arrived = pl.concat([arrived, paper_shares(connection, papers, asked, run)])
        return land(connection, arrived, catalog, run, noticed=noticed)


def _said(observations: Iterable[Observation], metric: str) -> list[str]:
    """Give the subjects of which the metric says that their facts are known whole as of tonight."""
    return [one.subject for one in observations if one.metric == metric and one.has_value]
