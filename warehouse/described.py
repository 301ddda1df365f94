"""Keep what the catalog says beside what is measured: metrics, subjects and facts."""

from datetime import datetime
from operator import itemgetter
from typing import Any

import duckdb
import polars as pl

from catalog.load import Catalog
from catalog.metric import METRICS
from warehouse.exchange import registered
from warehouse.query import rows, statement

FILE_ONLY = {"value", "ratio", "evidence_sha256", "reviewer", "supersedes", "contested"}
BY_NAME = itemgetter("metric")


def describe(connection: duckdb.DuckDBPyConnection, catalog: Catalog, known_at: datetime) -> None:
    """Keep what the catalog says: metrics as of this version, subjects and facts as they change."""
    columns = ("unit", "meaning", "definition", "max_age_days", "monotone", "gated", "past")
    metrics = [{"metric": one.name} | {name: getattr(one, name) for name in columns} for one in METRICS.values()]
    subjects = [
        {"subject": s.id, "name": s.name, "kind": s.kind, "github_id": s.github_id, "catalog_json": s.model_dump_json()}
        for s in catalog.subjects
    ]
    facts = [fact.model_dump(exclude=FILE_ONLY) | {"value": fact.number} for fact in catalog.facts]
    if sorted(rows(connection, "metrics_described"), key=BY_NAME) != sorted(metrics, key=BY_NAME):
        connection.execute("delete from metric")
        _append(connection, "append_metric", metrics)
    _append(connection, "append_subject", subjects, known_at=known_at)
    _append(connection, "append_fact", facts, known_at=known_at)


def _append(connection: duckdb.DuckDBPyConnection, name: str, found: list[dict[str, Any]], **parameters: Any) -> None:
    if not found:
        return
    with registered(connection, appended=pl.DataFrame(found, infer_schema_length=None)):
        connection.execute(statement(name), parameters)
