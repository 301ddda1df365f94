"""What every test may use: an empty migrated warehouse in memory, and the recorded data where they are."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from catalog.load import Catalog, load_catalog
from warehouse.migrate import migrate

NOW = datetime(2026, 11, 22, 12)
RECORDED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse of this version, in memory."""
    connection = duckdb.connect()
    migrate(connection, NOW)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The shipped catalog."""
    return load_catalog()


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of real recordings beside the repository; the test is skipped where it is absent."""
    if not RECORDED.is_dir():
        pytest.skip("the folder of real recordings, ../shared/data, is not beside this repository")
    return RECORDED
