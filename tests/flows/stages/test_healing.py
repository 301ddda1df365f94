"""Healing is cheap: pages land together, holes that stay are left for a week, and what is known is read once."""

from datetime import timedelta
from pathlib import Path

import pytest

from catalog.load import load_catalog
from catalog.metric import METRICS
from catalog.past import ways_of
from collectors.past import Step
from flows.settings import Settings, load_settings
from flows.stages.asked import asked_lately, told
from flows.stages.backfill_plan import plan
from flows.stages.land import RunStart, land_past
from flows.stages.landing_pages import EVERY_S, PAGES_A_LANDING, PageLandings
from flows.stages.memory import memory
from flows.stages.spans import Span
from tests.today import NOW, TODAY, begin
from warehouse.reader import open_reader

DAYS = tuple(TODAY - timedelta(days=back) for back in range(20, 3, -1))
JAX = load_catalog()["jax"]
DOWNLOADS = METRICS["pypi.downloads_30d"]


def test_pages_land_together_once_there_are_many(settings):
    landings = PageLandings(settings, begin("heal"), clock=lambda: 0.0)

    for number in range(PAGES_A_LANDING - 1):
        landings.take(page(number))
    assert not settings.published.exists()
    assert len(landings.waiting) == PAGES_A_LANDING - 1
    landings.take(page(PAGES_A_LANDING - 1))
    landings.show(now=True)

    assert landings.waiting == []
    assert downloads(settings) == [float(number) for number in range(PAGES_A_LANDING)]


def test_pages_land_once_one_of_them_has_waited_for_long(settings):
    moments = iter([0.0, 1.0, EVERY_S])
    landings = PageLandings(settings, begin("heal"), clock=lambda: next(moments))

    landings.take(page(1))
    landings.take(page(2))

    assert landings.waiting == []


def test_what_was_asked_for_and_answered_is_left_for_a_week(settings):
    answered = [Step("pypi", "days", (JAX,), DAYS[:5], "pypi", 5), Step("github", "issues", (JAX,), DAYS, "github", 9)]
    land_past(settings, {}, RunStart("heal", "heal-1", NOW - timedelta(days=1)), told(answered))
    span = Span(DAYS[0], DAYS[-1])

    soon = asked_lately(settings, NOW)
    [tonight] = plan(settings, span, ["jax"], ["pypi"], soon).steps["pypi"]
    [at_will] = plan(settings, span, ["jax"], ["pypi"]).steps["pypi"]

    assert soon == {("jax", metric): set(DAYS[:5]) for way in ways_of("pypi") for metric in way.metrics}
    assert set(at_will.days) - set(tonight.days) == set(DAYS[:5])
    assert asked_lately(settings, NOW + timedelta(days=7)) == {}


def test_what_is_known_is_read_once_for_all_sources_and_again_once_something_has_landed(settings):
    land_past(settings, {}, begin("heal"))
    first, second = memory(settings, NOW), memory(settings, NOW)
    of_venues = memory(settings, NOW, recalled=["venues"])
    land_past(settings, {}, begin("heal"))

    assert first is second
    assert of_venues.keys() - first.keys() == {"venue_papers", "code_verdicts"}
    assert all(of_venues[name] is first[name] for name in first if name != "venue_lists")
    assert memory(settings, NOW) is not first


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return load_settings(home_dir=tmp_path / "home")


def page(number: int) -> list:
    return [DOWNLOADS.of("jax", DAYS[number % len(DAYS)], float(number))]


def downloads(settings: Settings) -> list[float]:
    with open_reader(settings.published) as connection:
        found = connection.execute("select value from observation where metric = 'pypi.downloads_30d' order by all")
        return [value for (value,) in found.fetchall()]
