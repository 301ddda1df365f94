"""The flows of a command use the server that is set, else one that ends with them."""

import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.orchestration import serving


def test_on_a_server_that_ends_with_the_run_no_flow_says_that_it_is_alive(begun):
    with temporary_settings(restore_defaults={PREFECT_API_URL}), serving.connect():
        assert PREFECT_FLOWS_HEARTBEAT_FREQUENCY.value() is None

    assert begun == [True]


def test_on_the_server_that_is_set_flows_go_on_to_say_it(begun):
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}), serving.connect():
        assert PREFECT_FLOWS_HEARTBEAT_FREQUENCY.value() == 180

    assert begun == []


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Note whether a server was begun; none is."""
    found: list[bool] = []
    monkeypatch.setattr(serving, "passing_server", lambda: found.append(True))
    monkeypatch.setattr("prefect.context.refresh_global_settings_context", lambda: None)
    return found
