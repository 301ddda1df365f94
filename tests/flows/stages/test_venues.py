"""Shares of frameworks at venues equal the truth of the replica, whatever breaks on the way."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from catalog.editions import editions
from collectors.transport.http import Http
from collectors.venues import accepted
from flows.cli.app import app
from flows.replica import Server, World, build_world, venues
from flows.replica.demo import demo_catalog, demo_subjects
from flows.replica.faults import Fault
from flows.replica.world import PROFILES
from flows.settings import Settings, load_settings
from flows.stages.collect import collect_source, plan_night
from flows.stages.nightly import NightlyResult, land_night
from tests.today import NOW, begin
from warehouse.reader import open_reader

FRAMEWORKS = {"pytorch": "pytorch", "jax": "jax", "tensorflow": "tf"}
DAY = timedelta(days=1)
OLD, NEW = "iclr-2023", "icml-2025"
LIST = "/openreview/v2/notes"


@pytest.mark.parametrize("edition", [OLD, NEW])
@pytest.mark.parametrize("estimand", ["e1", "e2", "e3", "e4"])
def test_the_four_shares_equal_the_truth(first_night: "Home", edition: str, estimand: str) -> None:
    venue, year = edition.split("-")
    variant = "" if estimand == "e2" else f"_{estimand}"
    found = dict(first_night.values(f"papers.share_{venue}_{year}{variant}"))

    assert found == {
        subject: pytest.approx(venues.share(framework, edition, estimand), abs=1e-9)
        for subject, framework in FRAMEWORKS.items()
    }


def test_the_causes_of_silence_are_counted_as_they_are(first_night: "Home") -> None:
    found = first_night.ask("select venue || '-' || year, cause, papers from venue_silence")

    for edition in (OLD, NEW):
        assert {cause: papers for one, cause, papers in found if one == edition} == venues.causes(edition)


def test_each_way_reaches_as_far_as_it_does(first_night: "Home") -> None:
    found = {
        (edition, way): (asked, linked)
        for edition, way, asked, linked in first_night.ask(
            "select venue || '-' || year, way, asked, linked from link_coverage"
        )
    }

    for edition in (OLD, NEW):
        papers = venues.papers_of(edition)
        on_arxiv = [one for one in papers if one.arxiv_id]
        in_index = [one for one in on_arxiv if "paperswithcode" in one.ways]
        others = [one for one in on_arxiv if "paperswithcode" not in one.ways]
        assert found[edition, "paperswithcode"] == (len(on_arxiv), len(in_index))
        assert found[edition, "huggingface"] == (len(others), sum("huggingface" in one.ways for one in others))
        for way in ("abstract", "openreview"):
            assert found[edition, way] == (len(papers), sum(way in one.ways for one in papers))


def test_two_lists_of_other_hands_are_kept_with_their_counts(first_night: "Home") -> None:
    found = first_night.ask("select venue, source, papers, reason from venue_count where source <> 'paperswithcode'")

    assert sorted(found) == [
        ("iclr", "openreview", venues.PAPERS, None),
        ("iclr", "site", venues.PAPERS, None),
        ("icml", "openreview", venues.PAPERS, None),
        ("icml", "pmlr", venues.PAPERS, None),
    ]


def test_the_newest_years_count_most(first_night: "Home") -> None:
    found = dict(first_night.values("papers.venue_share"))

    for subject, framework in FRAMEWORKS.items():
        new, old = (venues.share(framework, edition) for edition in (NEW, OLD))
        assert found[subject] == pytest.approx((0.5 * new + 0.3 * old) / 0.8, abs=1e-9)


def test_a_night_with_everything_stored_asks_three_times_at_most(first_night: "Home") -> None:
    requests = [first_night.night(days).collected[0].requests for days in (1, 40)]

    assert requests[0] == 0
    assert max(requests) <= 3
    assert sum(one["calls"] for one in plan_night(first_night.settings, [], ["venues"])) == 0


def test_a_command_shows_the_samples_and_how_many_papers_have_code(first_night: "Home") -> None:
    said = json.loads(CliRunner().invoke(app, ["research", "samples", "--json"]).stdout)

    one = next(row for row in said["samples"] if row["venue"] == "icml")
    assert (one["accepted"], one["drawn"], one["linked"]) == (venues.PAPERS, venues.PAPERS, len(venues.linked(NEW)))
    assert one["counts"] == f"openreview {venues.PAPERS}, paperswithcode {on_arxiv(NEW)}, pmlr {venues.PAPERS}"
    assert 0 < one["with_code_lo"] <= one["with_code"] <= one["with_code_hi"] <= 1
    assert {row["way"] for row in said["ways"]} == {"paperswithcode", "huggingface", "abstract", "openreview"}


def on_arxiv(edition: str) -> int:
    return sum(one.arxiv_id is not None for one in venues.papers_of(edition))


def test_a_site_that_breaks_off_is_no_smaller_venue(home: Callable[..., "Home"]) -> None:
    fault = Fault(prefix="/venue-sites", kind="changed_field", name="count", value=1466)
    found = home(("iclr-2026",), fault)
    found.night(0)

    [row] = found.ask(
        "select value, status, reason, definition, n from metric_latest"
        " where subject = 'jax' and metric = 'papers.share_iclr_2026'"
    )
    events = venues.PAPERS + venues.PAPERS // 8 + 1
    told = f"venue_share_e2@1;openreview {venues.PAPERS}; site {events} of 1466"
    assert row == (None, "missing", "incomplete", told, venues.PAPERS)
    assert found.ask("select count(*) from accepted_paper") == [(0,)]


@pytest.mark.parametrize(
    ("kind", "more", "reason"),
    [
        ("error_body_200", {"value": {}}, "schema_changed"),
        ("status:403", {"containing": "offset=40"}, "restricted"),
        ("changed_field", {"name": "count", "value": 1466, "times": 9}, "incomplete"),
    ],
)
def test_a_list_that_breaks_off_is_no_smaller_venue(
    home: Callable[..., "Home"], monkeypatch: pytest.MonkeyPatch, kind: str, more: dict[str, Any], reason: str
) -> None:
    monkeypatch.setattr(accepted, "PAGE", 20)
    found = home(("iclr-2026",), Fault(prefix=LIST, kind=kind, **more))

    night = found.night(0)

    assert found.ask(
        "select status, reason from metric_latest where metric = 'papers.share_iclr_2026' and subject = 'jax'"
    ) == [("missing", reason)]
    assert {str(one.reason) for one in night.collected[0].observations} == {reason}
    assert found.ask("select count(*) from accepted_paper") == [(0,)]


def test_faults_of_the_server_halve_a_batch_and_a_night_that_is_killed_leaves_nothing(
    home: Callable[..., "Home"], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = home(("iclr-2026",), Fault(prefix="/github/graphql", kind="status:502", times=6, containing="query trees"))
    asked: list[str] = []
    whole = Http.json

    def killed(self: Http, url: str, *more: Any, **params: Any) -> Any:
        asked.append(url)
        if len(asked) == 10:
            raise KeyboardInterrupt
        return whole(self, url, *more, **params)

    with monkeypatch.context() as patch:
        patch.setattr(Http, "json", killed)
        with pytest.raises(KeyboardInterrupt):
            found.night(0)
    assert not found.settings.published.exists()

    found.night(0)
    for subject, framework in FRAMEWORKS.items():
        true = pytest.approx(venues.share(framework, "iclr-2026"), abs=1e-9)
        assert dict(found.values("papers.share_iclr_2026"))[subject] == true


def test_where_nobody_answers_one_list_is_asked_for_and_the_night_says_so(home: Callable[..., "Home"]) -> None:
    found = home(("iclr-2026", "icml-2026"))
    settings = load_settings(**found.settings.model_dump() | {"openreview_url": "http://127.0.0.1:9"})

    collected = collect_source("venues", settings, begin(), [])

    assert collected.requests <= 3
    assert collected.reasons == "unreachable 3"


# --- a home, and nights in it ---


class Home:
    """A home in which nights of the one source land; the replica answers while the block around it runs."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder

    @property
    def settings(self) -> Settings:
        return load_settings(home_dir=self.folder / "home", catalog=self.folder / "catalog.toml", github_max_wait_s=0)

    def night(self, days: float) -> NightlyResult:
        run_start = begin(later=days * DAY)
        return land_night(self.settings, [collect_source("venues", self.settings, run_start, [])], run_start)

    def values(self, metric: str) -> list[tuple[str, float]]:
        return self.ask(f"select subject, value from metric_latest where metric = '{metric}'")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with open_reader(self.settings.published) as connection:
            return connection.execute(query).fetchall()


@cache
def small_world() -> World:
    small = {"commits": 20, "issues": 2, "stars": 90, "created": (NOW - timedelta(days=200)).date()}
    with pytest.MonkeyPatch.context() as patch:
        for subject in FRAMEWORKS:
            patch.setitem(PROFILES, subject, PROFILES[subject] | small)
        return build_world([one for one in demo_subjects() if one["id"] in FRAMEWORKS], NOW.date())


@contextmanager
def living(folder: Path, years: tuple[str, ...], *faults: Fault) -> Iterator[Home]:
    """Yield a home whose catalog has these years of venues alone."""
    subjects = [one for one in demo_subjects() if one["id"] in FRAMEWORKS]
    with Server(small_world(), faults=faults) as server, pytest.MonkeyPatch.context() as patch:
        (folder / "catalog.toml").write_text(demo_catalog(subjects, [], server.url), "utf-8")
        home = {"SPEEDSCORE_CATALOG": str(folder / "catalog.toml"), "SPEEDSCORE_HOME_DIR": str(folder / "home")}
        for name, value in (server.environment() | home).items():
            patch.setenv(name, value)
        for module in ("collectors.venues.due", "collectors.venues.source", "scoring.derive.venue_years"):
            patch.setattr(f"{module}.editions", lambda: tuple(one for one in editions() if one.id in years))
        patch.chdir(folder)
        yield Home(server, folder)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Callable[..., Home]]:
    with ExitStack() as stack:
        yield lambda years, *faults: stack.enter_context(living(tmp_path, years, *faults))


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with living(tmp_path_factory.mktemp("venues"), (OLD, NEW)) as found:
        found.night(0)
        yield found
