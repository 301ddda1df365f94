"""Take for real what the plausibility gates hold back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from catalog.errors import InputError
from warehouse.query import rows, statement


@dataclass(frozen=True)
class Acceptance:
    """Which held readings are real: those of a metric of a subject before a moment (None: all), and why."""

    subject: str
    metric: str
    before: datetime | None
    reason: str


def held_since(connection: duckdb.DuckDBPyConnection, chosen: Acceptance) -> tuple[int, datetime]:
    """Return how many of the chosen readings are held back, and the moment of the first; raise InputError for none."""
    asked = {name: getattr(chosen, name) for name in ("subject", "metric", "before")}
    [found] = rows(connection, "held_readings", **asked)
    if not found["readings"]:
        span = f" before {chosen.before:%Y-%m-%d}" if chosen.before else ""
        raise InputError(
            f"nothing of {chosen.metric} of {chosen.subject} is held back{span}; `speedscore status` names what is"
        )
    return found["readings"], found["since"]


def record_accepted(connection: duckdb.DuckDBPyConnection, chosen: Acceptance, known_at: datetime, run_id: str) -> None:
    """Keep the held readings that are real, for every landing to come."""
    connection.execute(statement("accept_held"), {**vars(chosen), "known_at": known_at, "run_id": run_id})


def held_levels(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the series whose newest readings are held back, with the last good value before them."""
    return rows(connection, "held_levels")
