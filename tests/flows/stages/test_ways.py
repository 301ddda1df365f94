"""Through proxies, a private authority and a GitHub Enterprise: the same answers, the same reasons for the same faults.

The columns beside the plain way of test_faults.py. In `make test` two ways are gone and one meets one fault; in
`make test-whole` each way meets all of them.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import stamina

from flows.certificates import NAMES as AUTHORITIES
from flows.proxies import NAMES as SPARED
from flows.replica import Fault, Server
from flows.replica.demo import demo_catalog, demo_facts, demo_subjects
from flows.settings import load_settings
from flows.stages.collect import Collected
from flows.stages.nightly import land_night
from flows.stages.score import default_days, score_days
from scoring.rubric_files import available
from tests.collectors.authority import authority
from tests.collectors.loopback import Reply, always, serving
from tests.collectors.ways import forwarding, socks
from tests.flows.stages.test_faults import (
    ALWAYS,
    FAULTS,
    NOBODY,
    OTHERWISE,
    SECRETS,
    SUBJECTS,
    Run,
    assert_lost,
    assert_no_secret,
    at,
    git_of,
    good,
    log_names,
    refusing,
    scores,
    small_world,
    spoilt,
)
from tests.today import TODAY
from tests.whole import IS_WHOLE

__all__ = ["good"]
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", *SPARED)
GITHUB = ("github", "mlperf", "serving")
USUAL = ("discord", "discourse", "pypi", "stackoverflow")
EVERYWHERE = (*USUAL, *GITHUB, "papers", "huggingface") if IS_WHOLE else USUAL
WAYS = {
    "HTTP proxy": EVERYWHERE,
    "SOCKS proxy": EVERYWHERE,
    "private authority": EVERYWHERE,
    "GitHub Enterprise": GITHUB if IS_WHOLE else ("mlperf", "serving"),
    "GitHub Enterprise without a token": ("github-rest",),
}
"""The ways, each with the sources that are asked through it."""

OWN_FAULTS = {
    ("HTTP proxy", "is not there"): "unreachable",
    ("HTTP proxy", "wants a password"): "unreachable",
    ("HTTP proxy", "has no way"): "unreachable",
    ("SOCKS proxy", "is not there"): "unreachable",
    ("private authority", "is not named"): "unreachable",
    ("private authority", "vouches for another host"): "unreachable",
    ("GitHub Enterprise", "is not there"): "unreachable",
    ("GitHub Enterprise without a token", "lets nobody in"): "restricted",
}
"""What may be wrong with a way itself, and the reason of every cell behind it."""

SLOW, PATIENCE = {"timeout", "slow drip"}, 20.0
"""Faults that a night waits for in vain, and how much longer than for them it waits where it need not."""
PASSED_ON = [name for name, (more, _) in FAULTS.items() if more and name != "gzip bomb"]
MATRIX = [
    pytest.param(way, fault, id=f"{way}-{fault}")
    for place, way in enumerate(WAYS)
    for number, fault in enumerate(PASSED_ON)
    if IS_WHOLE or place == number == 0
]
GONE = [way for place, way in enumerate(WAYS) if IS_WHOLE or place < 2]
WRONG = [pair for pair in OWN_FAULTS if IS_WHOLE or pair[1] in {"wants a password", "lets nobody in"}]


@pytest.mark.parametrize("way", GONE)
def test_whichever_way_they_come_answers_are_the_same(good, tmp_path, way):
    said = {}
    for name in ("directly", way):
        (tmp_path / name).mkdir()
        with night_through(name, good, tmp_path / name, WAYS[way], []) as (run, passed):
            said[name] = {one: told(run(one.removesuffix("-rest"))) for one in WAYS[way]}
        assert name == "directly" or passed() >= len(WAYS[way])

    assert said[way] == said["directly"]
    assert any(value is not None for cells in said[way].values() for _, _, value, _ in cells)


@pytest.mark.parametrize(("way", "fault"), MATRIX)
def test_a_fault_has_the_same_reason_whichever_way_it_comes(good, tmp_path, caplog, way, fault):
    more, usual = FAULTS[fault]
    reasons = {source: OTHERWISE.get((source, fault), usual) for source in WAYS[way]}
    sources = [source for source, reason in reasons.items() if reason != "unsaid"]
    with serving(refusing) as elsewhere:
        faults = spoilt(sources, more, elsewhere)
        assert_it_costs_its_cells(good, tmp_path, caplog, way, sources, faults, reasons, fault)


@pytest.mark.parametrize(("way", "wrong"), WRONG)
def test_what_is_wrong_with_the_way_costs_the_cells_behind_it(good, tmp_path, caplog, way, wrong):
    reasons = dict.fromkeys(WAYS[way], OWN_FAULTS[way, wrong])
    assert_it_costs_its_cells(good, tmp_path, caplog, way, WAYS[way], [], reasons, wrong, wrong=wrong)

    if wrong == "wants a password":
        assert "asks for a password (407); next: put name and password into the address of the proxy" in caplog.text


# --- the ways ---


def assert_it_costs_its_cells(  # noqa: PLR0917 - one night, told whole
    good, tmp_path, caplog, way, sources, faults, reasons, fault, wrong=None
) -> None:
    shutil.copytree(good / "home", tmp_path / "home")
    before = scores(tmp_path / "home")
    patience = 1.0 if fault in SLOW else PATIENCE
    with night_through(way, good, tmp_path, sources, faults, wrong=wrong, patience=patience) as (run, _):
        broken = {one: run(one.removesuffix("-rest")) for one in sources}
        land_night(run.settings, list(broken.values()), run.run_start)
        score_days(run.settings, default_days(), available()[-1])

    for source, found in broken.items():
        assert_lost(found, reasons[source], {None} if "field" in fault else set(), found)
        assert log_names(caplog, found), source
    assert scores(tmp_path / "home") == before
    assert_no_secret(tmp_path / "home", caplog.text)


@dataclass
class Network:
    """What the settings and the catalog of a machine say, and how many requests have gone the way."""

    told: dict[str, str]
    catalog: str
    passed: object = staticmethod(lambda: 0)


@contextmanager
def night_through(
    way: str,
    good: Path,
    folder: Path,
    sources: tuple[str, ...] | list[str],
    faults: list[Fault],
    *,
    wrong: str | None = None,
    patience: float = PATIENCE,
) -> Iterator[tuple[Run, object]]:
    """Serve the world behind a way and give a night on a machine that knows the way."""
    with (
        Server(small_world(), faults=faults) as server,
        pytest.MonkeyPatch.context() as patch,
        ExitStack() as stack,
    ):
        subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
        text = demo_catalog(subjects, demo_facts(subjects, TODAY.date(), 1), server.url)
        network = Network(server.environment() | git_of(good) | SECRETS, text)
        for name in (*PROXIES, *(one.upper() for one in PROXIES), *AUTHORITIES, "GITHUB_TOKEN"):
            patch.delenv(name, raising=False)
        if way != "directly":
            WAY[way](stack, network, server.url, folder, wrong)
        (folder / "catalog.toml").write_text(network.catalog, "utf-8")
        if "github-rest" in sources:
            network.told.pop("GITHUB_TOKEN")
        for name, value in network.told.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        given = {"home_dir": folder / "home", "catalog": folder / "catalog.toml", "github_max_wait_s": 0}
        settings = load_settings(**given, timeout_s=1.0 * patience, deadline_s=1.5 * patience)
        yield Run(settings), network.passed


def by_http_proxy(stack: ExitStack, network: Network, url: str, _: Path, wrong: str | None) -> None:
    if wrong in {"wants a password", "has no way"}:
        proxy = stack.enter_context(serving(always(Reply(407 if wrong == "wants a password" else 502))))
    else:
        proxy = stack.enter_context(forwarding(url))
    network.told |= {"HTTP_PROXY": NOBODY if wrong == "is not there" else proxy.url}
    network.passed = lambda: len(proxy.asked)


def by_socks_proxy(stack: ExitStack, network: Network, _url: str, _: Path, wrong: str | None) -> None:
    proxy = stack.enter_context(socks())
    network.told |= {"ALL_PROXY": "socks5://127.0.0.1:9" if wrong else proxy.url}
    network.passed = lambda: proxy.passed * ALWAYS  # connections are kept open: one may serve many requests


def behind_an_authority(stack: ExitStack, network: Network, url: str, folder: Path, wrong: str | None) -> None:
    company = authority(folder / "company", "127.0.0.2" if wrong == "vouches for another host" else "127.0.0.1")
    front = stack.enter_context(forwarding(url, company.context))
    network.told = {name: at(front.url, value) for name, value in network.told.items()}
    network.catalog = at(front.url, network.catalog)
    network.told |= {} if wrong == "is not named" else {"SSL_CERT_FILE": str(company.certificate)}
    network.passed = lambda: len(front.asked)


def at_an_enterprise(stack: ExitStack, network: Network, url: str, _: Path, wrong: str | None) -> None:
    def place(path: str) -> str:
        return path.replace("/api/v3", "/github").replace("/api/graphql", "/github/graphql")

    shut = stack.enter_context(serving(always(Reply(401, b'{"message": "Must authenticate"}'))))
    host = shut if wrong == "lets nobody in" else stack.enter_context(forwarding(url, place=place))
    base = NOBODY if wrong == "is not there" else host.url
    git = {key: value for key, value in network.told.items() if key == "GIT_CONFIG_KEY_0"}
    network.told.pop("SPEEDSCORE_GITHUB_GRAPHQL_URL")
    network.told |= {"SPEEDSCORE_GITHUB_API_URL": f"{base}/api/v3", "GIT_CONFIG_COUNT": "1", **git}
    network.told["GIT_CONFIG_VALUE_0"] = f"{base}/"
    network.passed = lambda: len(host.asked)


WAY = {
    "HTTP proxy": by_http_proxy,
    "SOCKS proxy": by_socks_proxy,
    "private authority": behind_an_authority,
    "GitHub Enterprise": at_an_enterprise,
    "GitHub Enterprise without a token": at_an_enterprise,
}


def told(found: Collected) -> set[tuple[str, str, float | None, object]]:
    """Return what a source said, without when it said it."""
    moving = ("age_d", "_gained_today")
    return {
        (one.subject, one.metric, one.value, one.reason)
        for one in found.observations
        if not one.metric.endswith(moving)
    }


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)
