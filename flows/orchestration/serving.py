"""The server behind flows, and the schedules: nightly, scoring when a snapshot lands, a weekly report."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, cast

from flows.notes import note
from flows.orchestration.server import passing_server, prefect_server
from flows.settings import Settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

LASTING = {
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
}
"""What a server that lasts is told besides: slots outlive it, and old runs go."""


def serve_schedules(settings: Settings) -> None:
    """Serve until stopped, on the Prefect server that is set, or on one of its own."""
    with prefect_server(settings.serve_port, LASTING) as address:
        from prefect import serve

        from flows.orchestration.tending import home_tag, tend

        tag = home_tag(settings.home_dir)
        tend(tag, catches_up=settings.catch_up)
        found = deployments(settings.nightly_cron, settings.report_cron, tag)
        note(f"serving nightly ({settings.nightly_cron} UTC), score (on fresh snapshots), report; server {address}")
        serve(*found, limit=3, print_starting_message=False)


def connect() -> AbstractContextManager[object]:
    """Let the flows of this process use the server that is set, by a profile too, else one that ends with them.

    Run them in the block that is returned: on a server that ends with them no flow says every minute that it is alive,
    and none waits for its last word.
    """
    from prefect.context import refresh_global_settings_context
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    if PREFECT_API_URL.value():
        return nullcontext()
    passing_server()
    refresh_global_settings_context()
    return temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})


def deployments(nightly_cron: str, report_cron: str, tag: str) -> list["RunnerDeployment"]:
    """Return the three deployments of a home; scoring has no schedule, the event of that home starts it."""
    from prefect.events import DeploymentEventTrigger
    from prefect.schedules import Cron

    from flows.orchestration.pipelines import HOME, SNAPSHOT_LANDED, nightly, report, score

    trigger = DeploymentEventTrigger(
        name=f"score-on-fresh-snapshot-{tag}",
        expect={SNAPSHOT_LANDED},
        match={"prefect.resource.id": "warehouse.snapshot.*", HOME: tag},
    )
    name = tag.removeprefix("home:")
    tags, daily, weekly = ["speedscore", tag], Cron(nightly_cron, timezone="UTC"), Cron(report_cron, timezone="UTC")
    found = [
        nightly.to_deployment(name, schedule=daily, tags=tags, concurrency_limit=1),
        score.to_deployment(name, triggers=[trigger], tags=tags, concurrency_limit=1),
        report.to_deployment(name, schedule=weekly, tags=tags, concurrency_limit=1),
    ]
    return [cast("RunnerDeployment", one) for one in found]
