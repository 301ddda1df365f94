"""The way to the network for one source of one run, or to the kept answers of another."""

from datetime import datetime
from pathlib import Path

import httpx

from catalog.errors import InputError
from collectors.errors import DamagedRunError
from collectors.source import sources
from collectors.transport.archive import Archive, Replay
from collectors.transport.etags import Etags
from collectors.transport.http import Http
from collectors.transport.pace import Pace
from collectors.transport.wire import Limits
from flows.clients import client
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.land import moment_of
from flows.stages.reading import reading
from warehouse.query import rows

AGENT = "speedscore (framework ecosystem metrics)"


def seam(settings: Settings, name: str, run_id: str, replay_id: str | None = None) -> Http:
    """Return the way to the network for one source of one run, or to a kept run's answers.

    Raise SetupError where no client can be built.
    """
    folder = settings.home_dir / "raw"
    replayed = _replay(folder, replay_id) if replay_id else None
    return Http(
        client=httpx.Client(trust_env=False) if replayed else _client(settings),
        now=utc_now,
        pace=Pace(settings.max_concurrency),
        limits=Limits(settings.timeout_s, settings.deadline_s, max_wait_s=settings.github_max_wait_s),
        archive=None if replayed else Archive(folder, run_id, settings.secrets_of(sources()[name].address)),
        etags=None if replayed else Etags(folder / "etags.sqlite", run_id),
        replay=replayed,
    )


def replayable(settings: Settings, run_id: str) -> datetime:
    """Return when a kept run began; raise InputError where its answers, or its beginning, are not known."""
    _replay(settings.home_dir / "raw", run_id)
    return _started_at(settings, run_id)


def _client(settings: Settings) -> httpx.Client:
    return client(
        timeout=httpx.Timeout(settings.timeout_s, connect=min(5.0, settings.timeout_s)),
        headers={"User-Agent": AGENT},
        limits=httpx.Limits(max_connections=settings.max_concurrency),
    )


def _replay(folder: Path, run_id: str) -> Replay:
    try:
        return Replay(folder, run_id)
    except FileNotFoundError:
        raise InputError(f"the raw archive in {folder} has no run {run_id!r}; see `speedscore status`") from None
    except DamagedRunError as error:
        raise InputError(f"{error}; run {run_id!r} cannot be replayed") from error


def _started_at(settings: Settings, run_id: str) -> datetime:
    """Return when a run began: as the warehouse knows it; of one that died before landing, as its name says."""
    if settings.published.exists():
        with reading(settings) as connection:
            found = rows(connection, "run_started_at", run_id=run_id)
        if found:
            started_at: datetime = found[0]["started_at"]
            return started_at
    began = moment_of(run_id)
    if began is None:
        raise InputError(f"nobody knows when run {run_id!r} began; name one of `speedscore status`")
    return began
