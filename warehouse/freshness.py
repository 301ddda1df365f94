"""How fresh each source is, and what it lacks; very many subjects are looked at in parts, which need little memory."""

from collections import defaultdict
from itertools import islice
from typing import Any

import duckdb

from catalog.span import LAST, Span, spans
from warehouse.query import rows

SUBJECTS_AT_ONCE = 400


def freshness(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return of each source its newest value (naive UTC), how many it has, its missing cells, and why they are."""
    lacking = missing_cells(connection)
    return [
        source | {"missing": sum(why.values()), "why": ", ".join(sorted(why)) or None}
        for source in rows(connection, "freshness")
        for why in [lacking.get(source["source"], {})]
    ]


def missing_cells(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Return of each source how many cells lack their newest answer, by reason."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for part in _parts(connection):
        for row in rows(connection, "gap_reasons", **part._asdict()):
            found[row["source"]][row["reason"]] += row["missing"]
    return found


def first_gaps(connection: duckdb.DuckDBPyConnection, most: int) -> list[dict[str, Any]]:
    """Return the first cells, by name, whose newest answer is missing."""
    found = (row for part in _parts(connection) for row in rows(connection, "first_gaps", most=most, **part._asdict()))
    return list(islice(found, most))


def _parts(connection: duckdb.DuckDBPyConnection) -> list[Span]:
    ends = [row["subject"] for row in rows(connection, "ends_of_parts", at_once=SUBJECTS_AT_ONCE)]
    return spans([*ends, LAST])
