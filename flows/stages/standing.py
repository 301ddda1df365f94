"""The catalog as the pages behind its facts confirm it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb

from catalog.confirmation import confirmed
from catalog.fact import Key
from catalog.load import Catalog
from warehouse.query import rows


def standing(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> Catalog:
    """Return the catalog whose facts hold for as long as the last day allows on which their words were read."""
    last = {key: row["stood_at"].date() for key, row in readings(connection).items() if row["stood_at"]}
    return replace(catalog, facts=confirmed(catalog.facts, last))


def readings(connection: duckdb.DuckDBPyConnection) -> dict[Key, Mapping[str, Any]]:
    """Return the last word of the pages, by the fact that quotes them."""
    found = rows(connection, "fact_readings")
    return {(row["subject"], row["metric"], row["source"], row["valid_from"]): row for row in found}
