"""What every test of the collectors may use: retries without waits, and one real server on the loopback."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import graphql
import pytest
import stamina

from tests.collectors.loopback import Loopback, Reply, always, serving


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """Answer `{}` on the loopback until the test says otherwise."""
    with serving(always(Reply())) as found:
        yield found


@pytest.fixture(scope="session")
def schema(recorded: Path) -> graphql.GraphQLSchema:
    """GitHub's public schema, built once."""
    text = gzip.decompress((recorded / "github_schema/schema.graphql.gz").read_bytes()).decode()
    return graphql.build_schema(text, assume_valid=True, no_location=True)
