"""Put Prefect's server in order before schedules are served: what a dead process left, what is late, one writer."""

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Crashed

from flows.clock import utc_now
from flows.notes import note

WRITER = "duckdb-writer"
IN_HAND = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
PAGE = 200


def home_tag(home: Path) -> str:
    """Return the tag of a home: deployments and events that bear it belong to this folder on this machine."""
    place = home.resolve()
    return f"home:{place.name}-{sha256(str(place).encode()).hexdigest()[:8]}"


def tend(tag: str, *, catches_up: bool) -> None:
    """Fail the runs that a dead process left, deal with late ones, and see that one run writes at a time."""
    asyncio.run(_tend(tag, catches_up=catches_up))


async def _tend(tag: str, *, catches_up: bool) -> None:
    async with get_client() as client:
        await client.upsert_global_concurrency_limit_by_name(WRITER, 1)
        for run in await _runs(client, tag, IN_HAND):
            left: State[None] = Crashed(
                message="the process that ran it ended without a word; the next night goes on from there"
            )
            await client.set_flow_run_state(run.id, left, force=True)
            note(f"{run.name} was left running by a process that is gone; it counts as crashed")
        late = await _runs(client, tag, [StateType.SCHEDULED], due_before=_now())
        newest = {run.deployment_id: run for run in reversed(late)} if catches_up else {}
        for run in late:
            due = f"{run.name}, due {run.expected_start_time:%Y-%m-%d %H:%M} UTC,"
            if newest.get(run.deployment_id) is run:
                note(f"{due} was missed and is run now")
                continue
            missed: State[None] = Cancelled(message="missed: nobody served when it was due")
            await client.set_flow_run_state(run.id, missed, force=True)
            note(f"{due} was missed and is not run")


async def _runs(
    client: PrefectClient, tag: str, states: list[StateType], due_before: datetime | None = None
) -> list[FlowRun]:
    """Return the runs of a home's deployments in some states, the newest first; where a moment is given, those due."""
    due = FlowRunFilterExpectedStartTime(before_=due_before) if due_before else None
    state = FlowRunFilterState(type=FlowRunFilterStateType(any_=states))
    found: list[FlowRun] = []
    while len(found) % PAGE == 0:
        page = await client.read_flow_runs(
            deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[tag])),
            flow_run_filter=FlowRunFilter(state=state, expected_start_time=due),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=PAGE,
            offset=len(found),
        )
        found += page
        if not page:
            break
    return found


def _now() -> datetime:
    return utc_now().replace(tzinfo=UTC)
