"""One migrated warehouse in memory for this room, emptied between tests: migrating takes longer than most claims."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.warehouse.builders import empty, learned
from warehouse.migrate import migrate


@pytest.fixture(scope="session")
def migrated() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the one warehouse; a test that takes it directly empties it itself."""
    connection = duckdb.connect()
    migrate(connection, learned(0))
    yield connection
    connection.close()


@pytest.fixture
def warehouse(migrated: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return an empty warehouse of this version."""
    empty(migrated)
    return migrated
