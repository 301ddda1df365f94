"""What a night counts: its closing table what was asked for, the run's row all that it added, and each says which."""

import pytest

from catalog.metric import METRICS
from catalog.observation import Reason
from flows.cli.runs import _close
from flows.cli.state import _told_run
from flows.clock import utc_now
from flows.settings import Settings, load_settings
from flows.stages import land
from flows.stages.collect import Collected
from flows.stages.derive import Derived
from flows.stages.health import health
from flows.stages.land import start_run
from flows.stages.nightly import NightlyResult, land_night
from tests.flows.builders import CATALOG
from warehouse.frame import frame
from warehouse.land import NOTHING
from warehouse.query import rows
from warehouse.reader import open_reader

MEMBERS = METRICS["discord.members"]


@pytest.fixture
def settings(tmp_path) -> Settings:
    (tmp_path / "catalog.toml").write_text(CATALOG)
    return load_settings(home_dir=tmp_path / "home", catalog=tmp_path / "catalog.toml")


def night(settings: Settings, monkeypatch, *, lost: int) -> NightlyResult:
    """Land a night of which `lost` of two asked cells are missing, and three more that are to be derived."""
    now = utc_now()
    untold = [METRICS["papers.share_365d"].missing(name, now, Reason.INCOMPLETE) for name in ("alpha", "beta")]
    untold.append(METRICS["papers.share_slope_pp"].missing("alpha", now, Reason.INCOMPLETE))
    monkeypatch.setattr(land, "derive", lambda *_: Derived(frame(untold), NOTHING))
    asked = [
        MEMBERS.missing(name, now, Reason.UNREACHABLE) if place < lost else MEMBERS.of(name, now, 5)
        for place, name in enumerate(("alpha", "beta"))
    ]
    return land_night(settings, [Collected("discord", asked, 2)], start_run("nightly"))


def test_the_closing_words_say_how_many_of_the_empty_rows_were_asked_for(settings, monkeypatch, capsys):
    found = night(settings, monkeypatch, lost=1)

    _close(found)

    assert sum(row["missing"] for row in found.table()) == 1
    assert ", 4 of them without a value (1 asked for, 3 to be derived), 0 held back" in capsys.readouterr().err


def test_health_counts_what_was_asked_for_as_the_closing_table_does(settings, monkeypatch):
    night(settings, monkeypatch, lost=1)

    [told] = [one.detail for one in health(settings) if one.name == "last_night"]
    assert told.endswith("; 1 cell missing")


@pytest.mark.parametrize(("lost", "status"), [(0, "complete"), (1, "degraded")])
def test_only_what_was_asked_for_in_vain_degrades_a_night(settings, monkeypatch, lost, status):
    night(settings, monkeypatch, lost=lost)

    with open_reader(settings.published) as connection:
        [run] = rows(connection, "last_runs")
    assert run["status"] == status
    assert _told_run(run)["without_value"] == run["missing"] == 3 + lost
