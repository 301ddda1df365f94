"""What every test may use: an empty migrated warehouse in memory, and the recorded data where they are."""

import gzip
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import graphql
import pytest
from hypothesis import settings

from catalog.load import Catalog, load_catalog
from tests.github_description import Description
from warehouse.migrate import migrate

settings.register_profile("usual", deadline=None)
settings.register_profile("nights", max_examples=10_000, deadline=None)
settings.load_profile("usual")
NOW = datetime(2026, 11, 22, 12)
RECORDED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def pytest_configure() -> None:
    """Give each worker of pytest-xdist a core of its own: threads of DuckDB and Polars that share cores cost twice."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker) % len(cores)]})


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


@pytest.fixture(scope="session")
def described(recorded: Path) -> Description:
    """What GitHub publishes of its REST API."""
    return Description(recorded / "github_schema/openapi_api.github.com.json.gz")


@pytest.fixture(scope="session")
def schema(recorded: Path) -> graphql.GraphQLSchema:
    """GitHub's public GraphQL schema, built once."""
    text = gzip.decompress((recorded / "github_schema/schema.graphql.gz").read_bytes()).decode()
    return graphql.build_schema(text, assume_valid=True, no_location=True)
