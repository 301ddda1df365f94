"""A source whose collector breaks down: the night lands with its cells missing, and `--strict` counts them."""

import pytest

from catalog.errors import InputError
from catalog.metric import METRICS
from catalog.observation import Reason
from flows.clock import utc_now
from flows.orchestration import pipelines
from flows.settings import load_settings
from flows.stages.collect import Collected
from flows.stages.land import start_run
from flows.stages.nightly import land_night
from tests.flows.builders import CATALOG


class Ended:
    """A task that has ended so, as Prefect hands it on."""

    def __init__(self, ending: object) -> None:
        self.ending = ending

    def result(self, *, raise_on_failure: bool) -> object:
        assert not raise_on_failure
        return self.ending


@pytest.fixture
def ours(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.toml").write_text(CATALOG)
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("SPEEDSCORE_CATALOG", str(tmp_path / "catalog.toml"))
    return load_settings()


def test_a_broken_down_source_makes_the_night_degraded_and_costs_no_other(ours, caplog):
    began = start_run("nightly")
    pypi = METRICS["pypi.downloads_30d"].of("alpha", utc_now(), 3)
    asked = {"discord": Ended(KeyError("guild")), "pypi": Ended(pipelines.Sealed(Collected("pypi", [pypi], 1)))}

    found = [pipelines._result(name, ending, ours, began, []) for name, ending in asked.items()]
    night = land_night(ours, found, began)

    assert "discord broke down: KeyError('guild'); its cells are missing tonight" in caplog.text
    assert (night.is_whole, night.lost, night.landed.missing) == (False, ["discord"], 4)
    assert {one.reason for one in found[0].observations} == {Reason.INCOMPLETE}
    assert found[1].observations == [pypi]


def test_what_the_operator_must_mend_ends_the_night(ours):
    with pytest.raises(InputError, match="no such setting"):
        pipelines._result("discord", Ended(InputError("no such setting")), ours, start_run("nightly"), [])
