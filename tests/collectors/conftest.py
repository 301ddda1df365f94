"""What every test of the collectors may use: retries without waits, and one real server on the loopback."""

from collections.abc import Iterator

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
