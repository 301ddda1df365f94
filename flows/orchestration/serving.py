"""The server behind flows, and the schedules: nightly, scoring when a snapshot lands, a weekly report."""

from typing import TYPE_CHECKING, cast

from flows.notes import note
from flows.orchestration.server import PORT, passing, prefect_server
from flows.settings import Settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment


def serve_schedules(settings: Settings) -> None:
    """Serve until stopped, on the Prefect server that is set, or on one of its own."""
    with prefect_server(PORT) as address:
        from prefect import serve

        found = deployments(settings.nightly_cron, settings.report_cron)
        note(f"serving nightly ({settings.nightly_cron} UTC), score (on fresh snapshots), report; server {address}")
        serve(*found, limit=3, print_starting_message=False)


def connect() -> None:
    """Let the flows of this process use the server that is set, by a profile too, else one that ends with them."""
    from prefect.context import refresh_global_settings_context
    from prefect.settings import PREFECT_API_URL

    if PREFECT_API_URL.value():
        passing.give_up()
    else:
        passing.address()
        refresh_global_settings_context()


def deployments(nightly_cron: str, report_cron: str) -> list["RunnerDeployment"]:
    """Return the three deployments; scoring has no schedule, the event starts it."""
    from prefect.events import DeploymentEventTrigger
    from prefect.schedules import Cron

    from flows.orchestration.pipelines import SNAPSHOT_LANDED, nightly, report, score

    trigger = DeploymentEventTrigger(
        name="score-on-fresh-snapshot",
        expect={SNAPSHOT_LANDED},
        match={"prefect.resource.id": "warehouse.snapshot.*"},
    )
    found = [
        nightly.to_deployment("nightly", schedule=Cron(nightly_cron, timezone="UTC"), concurrency_limit=1),
        score.to_deployment("score", triggers=[trigger], concurrency_limit=1),
        report.to_deployment("report", schedule=Cron(report_cron, timezone="UTC"), concurrency_limit=1),
    ]
    return [cast("RunnerDeployment", one) for one in found]
