"""Days of GH Archive as Prefect flows and tasks: on this machine, on a Dask cluster, or by workers of a work pool."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, cast

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.settings import PREFECT_API_URL
from prefect.task_runners import TaskRunner

from catalog.errors import InputError
from flows.settings import Settings, load_settings
from flows.stages.archive_days import ARCHIVE, Done, ReadDays, Work, do_here, on_all_cores, works
from flows.stages.backfill_plan import plan
from flows.stages.spans import Span

DAYS_AT_ONCE = 64
"""Days that are sent to a cluster together; they land once all are done."""


def readers(settings: Settings) -> ReadDays:
    """Return where days are read: on the Dask cluster that is set, else on all cores of this machine."""
    return on_dask(settings.dask_address) if settings.dask_address else on_all_cores


@task(name="archive-day", task_run_name="archive-{work.day}", cache_policy=NO_CACHE, retries=2)
def archive_day(work: Work) -> Done:
    """Read one day into its part, in one process."""
    return do_here(work)


def on_dask(address: str) -> ReadDays:
    """Return a reader of days on the Dask cluster whose scheduler is at an address.

    Raise InputError where what it needs is not installed, or where no Prefect server is set: each worker would then
    start one of its own.
    """
    if not PREFECT_API_URL.value():
        raise InputError("a cluster needs a Prefect server that all its workers reach; set PREFECT_API_URL")
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise InputError(
            'SPEEDSCORE_DASK_ADDRESS is set; install what it needs: pip install "speedscore[dask]"'
        ) from None

    def read_days(days: Iterable[Work]) -> Iterator[Done]:
        left = iter(days)
        while batch := list(islice(left, DAYS_AT_ONCE)):
            runner = cast("TaskRunner[PrefectFuture[Any]]", DaskTaskRunner(address=address))
            yield from _together(batch, runner)

    return read_days


def _together(batch: list[Work], runner: TaskRunner[PrefectFuture[Any]]) -> list[Done]:
    """Read some days as tasks of one flow run."""

    @flow(name="archive-days", flow_run_name=f"archive-{batch[0].day}-and-{len(batch) - 1}-more", task_runner=runner)
    def archive_days() -> list[Done]:
        """Read days, each a task."""
        asked = [archive_day.submit(work) for work in batch]
        return [one.result() for one in asked]

    return archive_days()


@flow(name="archive", flow_run_name="archive-{first}-{last}")
def archive(first: str, last: str, subjects: list[str] | None = None) -> int:
    """Read the days of a span into parts, which `backfill` lands; any number of workers may each take a span."""
    settings, logger, parts = load_settings(), get_run_logger(), 0
    planned = plan(settings, Span.read(first, last), subjects or [], [ARCHIVE])
    for step in planned.steps[ARCHIVE]:
        for done in readers(settings)(works(settings, step)):
            if done.error:
                raise done.error
            parts += 1
            logger.info("%s: read with %d requests", done.work.day, done.requests)
    return parts
