"""How fresh each source is, and what it lacks; very many subjects are looked at in parts, which need little memory."""

from collections import Counter, defaultdict
from itertools import islice
from typing import Any

import duckdb

from catalog.span import LAST, SUBJECTS_AT_ONCE, Span, spans
from warehouse.query import rows


def freshness(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return of each source its newest value (naive UTC), how many it has, its missing cells, and why they are."""
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for part in _parts(connection):
        for row in rows(connection, "gap_reasons", **part._asdict()):
            why[row["source"]][row["reason"]] += row["missing"]
    return [source | _lacking(why[source["source"]]) for source in rows(connection, "freshness")]


def _lacking(why: Counter[str]) -> dict[str, Any]:
    return {"missing": why.total(), "why": ", ".join(sorted(why)) or None}


def first_gaps(connection: duckdb.DuckDBPyConnection, most: int) -> list[dict[str, Any]]:
    """Return the first cells, by name, whose newest answer is missing."""
    found = (row for part in _parts(connection) for row in rows(connection, "first_gaps", most=most, **part._asdict()))
    return list(islice(found, most))


def _parts(connection: duckdb.DuckDBPyConnection) -> list[Span]:
    ends = [row["subject"] for row in rows(connection, "ends_of_parts", at_once=SUBJECTS_AT_ONCE)]
    return spans([*ends, LAST])
