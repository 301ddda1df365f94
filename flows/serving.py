"""Run the schedules in one process: nightly, scoring when a snapshot lands, a weekly report."""

import flows.prefect_settings  # noqa: F401 - must stand before Prefect is imported
from prefect import serve
from prefect.events import DeploymentEventTrigger
from prefect.schedules import Cron

from flows.orchestrate import SNAPSHOT_LANDED, nightly, report, score

NIGHTLY = "0 2 * * *"
WEEKLY = "0 6 * * 1"


def deployments(nightly_cron: str = NIGHTLY, weekly_cron: str = WEEKLY) -> list:
    """Give the three deployments; scoring has no schedule, the event starts it."""
    trigger = DeploymentEventTrigger(
        name="score-on-fresh-snapshot",
        expect={SNAPSHOT_LANDED},
        match={"prefect.resource.id": "warehouse.snapshot.*"},
    )
    return [
        nightly.to_deployment("nightly", schedule=Cron(nightly_cron, timezone="UTC"), concurrency_limit=1),
        score.to_deployment("score", triggers=[trigger], concurrency_limit=1),
        report.to_deployment("report", schedule=Cron(weekly_cron, timezone="UTC"), concurrency_limit=1),
    ]


def serve_schedules(nightly_cron: str = NIGHTLY, weekly_cron: str = WEEKLY) -> None:
    """Serve until stopped; needs a Prefect server at PREFECT_API_URL, or starts one for as long as it runs."""
    serve(*deployments(nightly_cron, weekly_cron), limit=3)
