"""What has landed of GH Archive."""

import duckdb

from warehouse.query import rows


def landed_parts(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the fingerprints of the parts that have landed."""
    return {row["part_sha256"] for row in rows(connection, "archive_parts_landed")}
