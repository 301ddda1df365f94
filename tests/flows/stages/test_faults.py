"""Every fault of every source, end to end: the run ends, the rest lands, the reason is right, no score moves."""

import logging
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import stamina

from catalog.observation import Observation
from collectors.github.source import FROM_CLONE
from flows.replica import Fault, Server, World, build_world
from flows.replica.demo import demo_catalog, demo_facts, demo_subjects
from flows.replica.git import write_repositories
from flows.replica.world import PROFILES
from flows.settings import Settings, load_settings
from flows.stages.collect import Collected, collect_source
from flows.stages.land import RunStart
from flows.stages.nightly import land_night
from flows.stages.score import default_days, score_days
from scoring.rubric_files import available
from tests.collectors.authority import authority
from tests.collectors.loopback import Asked, Loopback, Reply, Wire, serving
from tests.today import NOW, TODAY, begin
from tests.whole import IS_WHOLE, amount
from warehouse.reader import open_reader

SUBJECTS = ("pytorch", "tensorflow", "jax")
SECRETS = {"GITHUB_TOKEN": "demo-token", "STACKEXCHANGE_KEY": "se-sesame", "HF_TOKEN": "hf-sesame"}
ALWAYS = float("inf")
NIGHTLY = ("github", "stackoverflow", "discourse", "discord", "pypi", "pwc")
FIRST_NIGHT = (*NIGHTLY, "liveness", "huggingface")
"""The last two ask by turns: the night after they ask nobody."""

WHERE = {
    "github": (["/github/"], "stargazerCount"),
    "github-rest": (["/github/"], "stargazers_count"),
    "stackoverflow": (["/stackexchange/"], "total"),
    "discourse": (["/forum/"], "users_count"),
    "discord": (["/discord/"], "approximate_member_count"),
    "pypi": (["/pypistats/"], "downloads"),
    "pwc": (["/papers/", "/cdn/"], ""),
    "mlperf": (["/github/"], ""),
    "serving": (["/github/"], ""),
    "papers": (["/huggingface/"], ""),
    "huggingface": (["/huggingface/"], ""),
    "liveness": (["/github/"], "isArchived"),
}
"""Below which paths each source is spoiled, and a field that it cannot do without."""

BROKEN_BESIDE = {
    "discourse": ("github", "mlperf", "serving", "huggingface", "papers"),
    "discord": ("github-rest", "stackoverflow", "discourse", "pypi", "pwc"),
    "pypi": ("liveness", "discord"),
}
"""Which sources one fault meets on the same night, by the one that stays healthy."""

SOON, LATER = "1", format_datetime(NOW.replace(tzinfo=UTC) + timedelta(hours=1), usegmt=True)
LIMITED, REFUSED = {"retry-after": SOON}, {"retry-after": LATER}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "connection refused": ({}, "unreachable"),
    "certificate not trusted": ({}, "unreachable"),
    "reset": ({"kind": "reset"}, "unreachable"),
    "timeout": ({"kind": "timeout", "seconds": 1.6}, "unreachable"),
    "slow drip": ({"kind": "slow_drip", "seconds": 0.05}, "unreachable"),
    "truncated body": ({"kind": "truncated"}, "unreachable"),
    "500": ({"kind": "status:500"}, "unreachable"),
    "502": ({"kind": "status:502"}, "unreachable"),
    "503": ({"kind": "status:503"}, "unreachable"),
    "503 with Retry-After": ({"kind": "status:503", "headers": REFUSED}, "unreachable"),
    "403": ({"kind": "status:403"}, "restricted"),
    "403 with Retry-After": ({"kind": "status:403", "headers": LIMITED}, "rate_limited"),
    "403 with Retry-After as a date": ({"kind": "status:403", "headers": REFUSED}, "rate_limited"),
    "429": ({"kind": "status:429"}, "rate_limited"),
    "429 with Retry-After": ({"kind": "status:429", "headers": LIMITED}, "rate_limited"),
    "429 with Retry-After as a date": ({"kind": "status:429", "headers": REFUSED}, "rate_limited"),
    "401": ({"kind": "status:401"}, "restricted"),
    "404": ({"kind": "status:404"}, "not_found"),
    "422": ({"kind": "status:422"}, "schema_changed"),
    "451": ({"kind": "status:451"}, "restricted"),
    "202 for ever": ({"kind": "status:202"}, "pending_202"),
    "200 with an error body": ({"kind": "error_body_200", "value": {"error": "no"}}, "schema_changed"),
    "wrong type": ({"kind": "wrong_type"}, "schema_changed"),
    "HTML": ({"kind": "html"}, "schema_changed"),
    "malformed JSON": ({"kind": "malformed"}, "schema_changed"),
    "missing field": ({"kind": "missing_field"}, "schema_changed"),
    "renamed field": ({"kind": "renamed_field", "to": "renamed"}, "schema_changed"),
    "gzip bomb": ({"kind": "bomb", "size": 80 * 2**20}, "too_large"),
    "redirect to another host": ({"kind": "redirect"}, "schema_changed"),
}
NOBODY = "http://127.0.0.1:9"
"""Where nobody listens."""
REPLICA = re.compile(r"http://127\.0\.0\.1:\d+")
PATIENCE = {"gzip bomb": 12.0}
"""How much longer than usual a night waits where the fault takes its time to be unpacked."""

OTHERWISE = {
    ("discord", "404"): "invite_expired",
    ("pwc", "gzip bomb"): "schema_changed",
    **{("pwc", fault): "unsaid" for fault in ("wrong type", "malformed JSON", "missing field", "renamed field")},
    **{
        (source, fault): "unsaid"
        for source in ("mlperf", "serving", "papers", "huggingface")
        for fault in ("missing field", "renamed field")
    },
}
"""Where a source means something of its own; "unsaid": no one field of it is such that nobody can do without."""


@dataclass(frozen=True)
class Whole:
    """A first night on which everybody answered: its home, when it began, and what came from each source."""

    home: Path
    run_start: RunStart
    collected: dict[str, Collected]


MATRIX = [
    pytest.param(healthy, fault, id=f"{healthy}-{fault}")
    for number, fault in enumerate(FAULTS)
    for place, healthy in enumerate(BROKEN_BESIDE)
    if IS_WHOLE or (number % 3 == 0 and place == number // 3 % len(BROKEN_BESIDE))
]
"""Every third fault, met by the sources of one night in turn; in `make test-whole` every source meets every fault."""


@pytest.mark.parametrize(("healthy", "fault"), MATRIX)
def test_a_fault_costs_the_cells_of_its_sources_and_moves_no_score(good, tmp_path, caplog, healthy, fault):
    more, usual = FAULTS[fault]
    reasons = {source: OTHERWISE.get((source, fault), usual) for source in BROKEN_BESIDE[healthy]}
    sources = [source for source, reason in reasons.items() if reason != "unsaid"]
    shutil.copytree(good / "home", tmp_path / "home")
    before = scores(tmp_path / "home")
    caplog.set_level(logging.WARNING)

    with (
        serving(refusing) as elsewhere,
        serving(refusing, tls=authority(tmp_path / "authority").context) as unknown,
        night_at(
            good,
            tmp_path,
            sources,
            spoilt(sources, more, elsewhere),
            patience=PATIENCE.get(fault, 1.0),
            instead={"connection refused": NOBODY, "certificate not trusted": unknown.url}.get(fault),
        ) as run,
    ):
        broken, rest = {one: run(one.removesuffix("-rest")) for one in sources}, run(healthy)
        landed = land_night(run.settings, [*broken.values(), rest], run.run_start)
        score_days(run.settings, default_days(), available()[-1])

    for source, found in broken.items():
        assert_lost(found, reasons[source], {None} if "field" in fault else set(), rest)
        assert log_names(caplog, found), source
    assert rest.missing == 0
    assert landed.landed.observations >= len(rest.observations)
    assert scores(tmp_path / "home") == before
    assert not [asked for asked in elsewhere.asked if "authorization" in asked.headers]
    assert_no_secret(tmp_path / "home", caplog.text)


SILENT = {"".join(prefixes): source for source, (prefixes, _) in reversed(WHERE.items()) if source != "github-rest"}
"""One source of each upstream: a silent upstream is silent for every source that asks it."""


@pytest.mark.parametrize("source", amount(["github-rest", "github", "papers"], ["github-rest", *SILENT.values()]))
def test_a_first_night_with_a_silent_source_gives_no_score_above_that_of_a_whole_night(
    good: Path, whole: Whole, tmp_path: Path, source: str
) -> None:
    silence = [Fault(prefix=prefix, kind="status:502", times=ALWAYS) for prefix in WHERE[source][0]]

    with night_at(good, tmp_path, [source], silence) as run:
        land_first_night(run, whole, silent=WHERE[source][0])

    assert known_cells(tmp_path / "home") < known_cells(whole.home)
    assert_nothing_rose(whole.home, tmp_path / "home")


@pytest.mark.parametrize("query", ["repositories", "liveness", *amount([], ["issues", "issue_comments", "trees"])])
def test_a_first_night_with_a_silent_query_gives_no_score_above_that_of_a_whole_night(
    good: Path, whole: Whole, tmp_path: Path, query: str
) -> None:
    silence = [Fault(prefix="/github/", kind="status:502", times=ALWAYS, containing=f"query {query}")]

    with night_at(good, tmp_path, ["github"], silence) as run:
        land_first_night(run, whole, silent=["/github/"])

    assert_nothing_rose(whole.home, tmp_path / "home")


def test_the_next_good_night_heals(good: Path, tmp_path: Path) -> None:
    fault = Fault(prefix="/discord/", kind="status:503", times=ALWAYS)
    for faults in ([fault], []):
        with night_at(good, tmp_path, ["discord"], faults) as run:
            land_night(run.settings, [run("discord")], run.run_start)

    with open_reader(tmp_path / "home" / "speedscore.duckdb") as connection:
        found = connection.execute("select count(value) from metric_latest where metric = 'discord.members'").fetchone()
    assert found == (len(SUBJECTS),)


# --- the world, a good night in it, and nights that are not ---


class Run:
    """One night: asks a source when called."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.run_start = settings, begin()

    def __call__(self, name: str) -> Collected:
        return collect_source(name, self.settings, self.run_start, [])


def spoilt(sources: Sequence[str], more: dict[str, Any], elsewhere: Loopback) -> list[Fault]:
    """Return the fault of each source that never ends; none where the addresses themselves are wrong."""
    found: list[Fault] = []
    if not more:
        return found
    for prefixes, field in (WHERE[source] for source in sources):
        named = {"name": field} if "field" in more["kind"] else {}
        usual = {"url": f"{elsewhere.url}/x", "times": ALWAYS, **named, **more}
        found += [Fault(**usual, prefix=prefix) for prefix in prefixes]
    return found


def assert_lost(broken: Collected, reason: str, spared: set[None], rest: Collected) -> None:
    """Every cell of the source is missing for the reason, but those that need a token or come from a clone."""
    cloned = {"git", *(metric.name for metric in FROM_CLONE)}
    lost = [one for one in broken.observations if not {one.source, one.metric} & cloned and one.reason != "no_token"]
    assert {one.reason for one in lost} - spared == {reason}, {one for one in lost if one.reason != reason}
    assert {one.subject for one in lost if one.reason} == {one.subject for one in rest.observations}


@contextmanager
def night_at(
    good: Path,
    folder: Path,
    sources: Sequence[str],
    faults: list[Fault],
    *,
    patience: float = 1.0,
    instead: str | None = None,
) -> Iterator[Run]:
    """Serve the world with these faults and give a night whose sources they meet; or are led somewhere instead."""
    with Server(small_world(), faults=faults) as server, pytest.MonkeyPatch.context() as patch:
        subjects = [one for one in demo_subjects() if one["id"] in SUBJECTS]
        (folder / "catalog.toml").write_text(
            demo_catalog(subjects, demo_facts(subjects, TODAY.date(), 1), server.url), "utf-8"
        )
        told = server.environment() | git_of(good) | SECRETS
        if instead:
            told = led(sources, instead, told, folder)
        if "github-rest" in sources:
            told.pop("GITHUB_TOKEN")
            patch.delenv("GITHUB_TOKEN", raising=False)
        for name, value in told.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        given = {"home_dir": folder / "home", "catalog": folder / "catalog.toml", "github_max_wait_s": 0}
        yield Run(load_settings(**given, timeout_s=1.0 * patience, deadline_s=1.5 * patience))


def led(sources: Sequence[str], instead: str, told: dict[str, str], folder: Path) -> dict[str, str]:
    """Let the addresses of the sources lead to another server."""
    prefixes = [WHERE[source][0][0].rstrip("/") for source in sources]
    if "discourse" in sources:
        path = folder / "catalog.toml"
        lines = path.read_text("utf-8").splitlines()
        path.write_text(
            "\n".join(at(instead, one) if one.startswith("discourse_url") else one for one in lines), "utf-8"
        )
    return {name: at(instead, url) if any(one in url for one in prefixes) else url for name, url in told.items()}


def at(instead: str, text: str) -> str:
    return REPLICA.sub(instead, text)


def refusing(_: Wire, __: Asked) -> Reply:
    return Reply(200, b"{}")


def git_of(good: Path) -> dict[str, str]:
    key = f"url.{(good / 'git').as_uri()}/.insteadOf"
    return {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": key, "GIT_CONFIG_VALUE_0": "https://github.com/"}


def scores(home: Path) -> dict[str, tuple[float | None, float]]:
    """Return the newest raw score and coverage of each subject."""
    with open_reader(home / "speedscore.duckdb") as connection:
        found = connection.execute("select subject, speed_raw, coverage from latest_score").fetchall()
    return {subject: (score, coverage) for subject, score, coverage in found}


def assert_nothing_rose(whole: Path, thin: Path) -> None:
    """No dimension, no score, no lower end and no coverage of the newest rubric lies above that of the whole night."""
    before, after = knowledge(whole), knowledge(thin)
    assert set(after) == set(before)
    for key, figures in after.items():
        for name, value in figures.items():
            assert value is None or value <= (before[key][name] or 0.0) + 1e-9, (key, name)


def knowledge(home: Path) -> dict[tuple[str, str], dict[str, float | None]]:
    """Return what the newest rubric says of each subject, as a whole and by dimension."""
    with open_reader(home / "speedscore.duckdb") as connection:
        parts = connection.execute(
            "select subject, dimension, raw, lo, coverage from dimension_score where rubric = $rubric"
            " union all select subject, 'speed', speed_raw, lo, coverage from score where rubric = $rubric",
            {"rubric": available()[-1]},
        ).fetchall()
    return {(subject, part): {"raw": raw, "lo": lo, "coverage": share} for subject, part, raw, lo, share in parts}


def log_names(caplog: pytest.LogCaptureFixture, broken: Collected) -> bool:
    """Return whether one line of the log names the source, a subject and the next step."""
    subjects = {one.subject for one in broken.observations}
    lines = [record.getMessage() for record in caplog.records]
    return any(
        line.startswith(f"{broken.source}: ") and any(one in line for one in subjects) and "; next: " in line
        for line in lines
    )


def assert_no_secret(home: Path, log: str) -> None:
    texts = [path.read_bytes() for path in home.rglob("*") if path.is_file()] + [log.encode()]
    for secret in SECRETS.values():
        assert not any(secret.encode() in text for text in texts)


@cache
def small_world() -> World:
    """Build a small world of three subjects."""
    small = {"commits": 120, "issues": 60, "stars": 4000, "models": 300, "created": TODAY.date() - timedelta(days=400)}
    with pytest.MonkeyPatch.context() as patch:
        for subject in SUBJECTS:
            patch.setitem(PROFILES, subject, PROFILES[subject] | small)
        return build_world([one for one in demo_subjects() if one["id"] in SUBJECTS], TODAY.date())


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the home after one good and scored night, and the repositories of the world."""
    folder = tmp_path_factory.mktemp("good")
    write_repositories(small_world(), folder / "git")
    with night_at(folder, folder, [], [], patience=10.0) as run:
        found = [run(name) for name in NIGHTLY]
        assert lost(found) == set()
        land_night(run.settings, found, run.run_start)
        score_days(run.settings, default_days(), available()[-1])
    return folder


@pytest.fixture(scope="module")
def whole(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Return a first night on which everybody answered, landed and scored."""
    folder = tmp_path_factory.mktemp("whole")
    with night_at(good, folder, [], [], patience=10.0) as run:
        found = Whole(folder / "home", run.run_start, {name: run(name) for name in FIRST_NIGHT})
        land_night(run.settings, [*found.collected.values()], run.run_start)
        score_days(run.settings, default_days(), available()[-1])
    return found


def land_first_night(run: Run, whole: Whole, silent: Sequence[str]) -> None:
    """Land and score the same first night anew; of it, the sources that ask below the silent paths ask again."""
    run.run_start = whole.run_start
    again = {name for name in FIRST_NIGHT if set(WHERE[name][0]) & set(silent)}
    collected = [run(name) if name in again else one for name, one in whole.collected.items()]
    land_night(run.settings, collected, run.run_start)
    score_days(run.settings, default_days(), available()[-1])
    assert known_cells(run.settings.home_dir) <= known_cells(whole.home)


def known_cells(home: Path) -> set[tuple[str, str]]:
    """Return the cells that have a value."""
    with open_reader(home / "speedscore.duckdb") as connection:
        query = "select subject, metric from metric_latest where value is not null"
        return set(connection.execute(query).fetchall())


def lost(found: list[Collected]) -> set[tuple[str, Any]]:
    """Return what a night lacks that the world has."""
    cells: list[Observation] = [cell for one in found for cell in one.observations]
    return {(cell.metric, cell.reason) for cell in cells if cell.reason and not cell.metric.startswith("pwc.")}


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)
