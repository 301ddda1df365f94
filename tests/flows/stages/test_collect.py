"""Collecting from the settings: the seam is made, one source is asked, and no cell is left without an answer."""

import gzip
import os
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import stamina

from catalog.errors import InputError
from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from collectors import discord
from collectors.errors import SetupError
from collectors.source import Source, sources
from collectors.transport.http import Http
from collectors.upstream import Papers
from flows.clock import utc_now
from flows.settings import Settings, load_settings
from flows.stages import backfill_plan as backfill
from flows.stages import collect
from flows.stages.chosen import chosen_sources
from flows.stages.collect import (
    Collected,
    collect_source,
    pinned,
    plan_night,
    seam,
    settled,
    upstream_of,
)
from flows.stages.land import RunStart, land_observations
from flows.stages.spans import Span
from tests.collectors.loopback import Asked, Loopback, Reply, Wire, always, as_json, serving
from warehouse.errors import DamagedError, WarehouseBusyError
from warehouse.migrate import migrate, migrations

MAY_DAY = datetime(2026, 5, 1, 2)
ADDRESSES = ("github_api_url", "stackexchange_api_url", "discord_api_url", "papers_archive_url", "huggingface_url")
CATALOG = """
schema = 1
mode = "replace"
[[subject]]
id = "alpha"
name = "Alpha"
kind = "framework"
github = "alpha/alpha"
discord_invite = "AAA"
papers_framework = "pytorch"
pypi = "alpha"
stackoverflow_tags = ["alpha"]
huggingface_tag = "alpha"
[[subject]]
id = "beta"
name = "Beta"
kind = "framework"
github = "beta/beta"
"""

# --- what it would take ---


def test_a_plan_can_be_made_over_what_an_older_version_published(settings):
    settings.published.parent.mkdir(parents=True)
    with duckdb.connect(settings.published) as older:
        migrate(older, MAY_DAY, migrations()[:3])

    assert [one["calls"] for one in plan_night(settings, [], ["discord"])] == [1]
    assert backfill.plan(settings, Span(datetime(2026, 4, 1), datetime(2026, 4, 2)), [], ["discord"]).steps == {}


# --- asking one source ---


def test_only_subjects_with_a_key_of_the_source_are_asked(server, settings):
    found = collect_source("discord", settings, BEGUN, [])

    assert {one.subject for one in found.observations} == {"alpha"}
    assert (found.requests, found.missing, found.reasons) == (1, 0, "")


def test_only_the_subjects_that_are_named_are_asked(server, settings):
    found = collect_source("discord", settings, BEGUN, ["beta"])

    assert (found.observations, found.requests) == ([], 0)
    assert server.asked == []


def test_a_source_that_is_down_leaves_every_cell_missing_with_its_reason(server, settings):
    server.answering = always(Reply(503))

    found = collect_source("discord", settings, BEGUN, [])

    assert (found.missing, found.reasons) == (2, "unreachable 2")


def test_a_cell_that_a_source_leaves_unsaid_is_missing_and_never_silent(settings, monkeypatch):
    silent = replace(discord.source, collect=lambda *_: [])
    monkeypatch.setattr(collect, "sources", lambda: {"discord": silent})

    found = collect_source("discord", settings, BEGUN, [])

    assert [(one.metric, one.reason) for one in found.observations] == [
        ("discord.members", Reason.INCOMPLETE),
        ("discord.online", Reason.INCOMPLETE),
    ]
    assert {one.valid_at for one in found.observations} == {MAY_DAY}


def test_every_source_answers_for_each_of_its_cells_when_no_upstream_can_be_reached(settings, nowhere):
    for name, source in sources().items():
        asked = [one.id for one in nowhere.followed.subjects if one.answers_to(name)]

        found = collect_source(name, nowhere, BEGUN, [])

        said = {(one.subject, one.metric) for one in found.observations}
        assert said >= {(one, metric.name) for one in asked for metric in source.metrics}, name
        assert all(one.reason is not None for one in found.observations), name


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        ("huggingface", {"huggingface.models", "huggingface.model_owners"}),
        ("liveness", {"liveness.docs", "liveness.mobile"}),
        ("mlperf", {"mlperf.systems"}),
        ("papers", {"papers.days_read"}),
        ("serving", {"serving.managed_clouds"}),
        ("pypi", {"pypi.downloads_30d"}),
    ],
)
def test_a_source_that_breaks_down_names_the_cells_that_it_would_have_answered(tmp_path, name, metrics):
    found = settled(name, RuntimeError(), load_settings(home_dir=tmp_path), BEGUN, ["pytorch"])

    assert {one.metric for one in found.observations} >= metrics
    assert {one.subject for one in found.observations} == {"pytorch"}
    assert {one.reason for one in found.observations} == {Reason.INCOMPLETE}
    assert found.missing == len(found.observations)


def test_a_source_that_breaks_down_when_it_is_not_its_turn_costs_nothing(settings):
    clouds = METRICS["serving.managed_clouds"]
    land_observations(settings, [clouds.of(one, utc_now(), 3) for one in ("alpha", "beta")], BEGUN)

    assert settled("serving", RuntimeError(), settings, BEGUN, []).missing == 0


@pytest.mark.parametrize("address", ["http://[::1", "discord", "ftp://discord.test", "https://", "http://a\nb.test/"])
def test_an_address_that_is_none_costs_only_its_own_source_and_is_named(settings, caplog, address):
    bad = replace_settings(settings, **dict.fromkeys(ADDRESSES, address) | {"pypistats_url": settings.pypistats_url})

    for name in ("discord", "github", "stackoverflow", "huggingface", "pwc"):
        found = collect_source(name, bad, BEGUN, ["alpha"]).observations
        assert {one.reason for one in found} == {Reason.UNREACHABLE}, name
    assert caplog.text.count("is no address like https://host/path; next: correct the address") >= len(ADDRESSES)
    assert collect_source("pypi", bad, BEGUN, ["alpha"]).requests == 1


def test_without_a_proxy_that_can_be_used_every_source_says_why(settings, monkeypatch, caplog):
    monkeypatch.setenv("HTTPS_PROXY", "ftp://proxy.corp")

    assert collect_source("discord", settings, BEGUN, []).reasons == "unreachable 2"
    assert "discord: alpha: the proxy settings cannot be used" in caplog.text


def test_a_source_that_breaks_off_keeps_what_it_gave(settings, monkeypatch):
    def breaks_off(*_: Any) -> Iterator[Observation]:
        yield METRICS["discord.members"].of("alpha", MAY_DAY, 3)
        raise SetupError("nobody can be asked")

    monkeypatch.setattr(collect, "sources", lambda: {"discord": replace(discord.source, collect=breaks_off)})

    found = {one.metric: (one.value, one.reason) for one in collect_source("discord", settings, BEGUN, []).observations}
    assert found == {"discord.members": (3, None), "discord.online": (None, Reason.UNREACHABLE)}


def test_an_unknown_source_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match=r"no source is called 'gitlab'; there are .*github"):
        chosen_sources(["github", "gitlab"])


def test_without_a_name_every_source_is_asked_but_the_optional_one():
    assert chosen_sources([]) == sorted(set(sources()) - {"gharchive"})
    assert chosen_sources(["pwc"]) == ["pwc"]


def test_a_source_that_is_named_twice_is_asked_and_counted_once(settings):
    assert chosen_sources(["pwc", "discord", "pwc"]) == ["pwc", "discord"]
    assert plan_night(settings, [], ["discord", "discord"]) == plan_night(settings, [], ["discord"])


# --- whose fault it is ---


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        PermissionError(13, "Permission denied", "home"),
        NotADirectoryError(20, "Not a directory", "home"),
        InputError("a setting is wrong"),
        WarehouseBusyError("another run is landing"),
        DamagedError("the warehouse is damaged"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_the_operator_must_mend_is_raised_and_no_source_is_blamed(settings, error):
    with pytest.raises(type(error)) as caught:
        settled("discord", error, settings, BEGUN, [])

    assert caught.value is error


@pytest.mark.parametrize(
    "error",
    [KeyError("members"), ConnectionResetError(104, "reset"), TimeoutError("slow"), ssl.SSLError(1, "bad record")],
    ids=lambda error: type(error).__name__,
)
def test_a_collector_that_breaks_down_or_a_broken_connection_costs_the_cells_of_its_source(settings, error):
    found = settled("discord", error, settings, BEGUN, [])

    assert (found.missing, found.reasons) == (2, "incomplete 2")
    assert {one.valid_at for one in found.observations} == {MAY_DAY}


def test_a_full_disk_ends_the_asking_instead_of_leaving_cells_missing(settings, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left on device"):
        collect_source("discord", settings, BEGUN, [])


def test_a_raw_archive_that_cannot_be_written_ends_the_asking(settings):
    settings.home_dir.mkdir()
    (settings.home_dir / "raw").write_text("a file where the folder should be")

    with pytest.raises(OSError, match="raw"):
        collect_source("discord", settings, BEGUN, [])


# --- replay ---


def test_a_kept_run_is_replayed_without_network_and_gives_the_same(server, settings):
    first = collect_source("discord", settings, BEGUN, [])
    land_observations(settings, first.observations, BEGUN)
    asked = len(server.asked)

    again = collect_source("discord", settings, RunStart("nightly", "two", datetime(2026, 5, 9)), [], replay_id="one")

    assert again.observations == first.observations
    assert len(server.asked) == asked


def test_a_replayed_failure_is_about_the_moment_of_the_run(server, settings):
    server.answering = always(Reply(503))
    first = collect_source("discord", settings, BEGUN, [])
    land_observations(settings, first.observations, BEGUN)

    again = collect_source("discord", settings, RunStart("nightly", "two", datetime(2026, 5, 9)), [], replay_id="one")

    assert {one.valid_at for one in again.observations} == {MAY_DAY}
    assert again.observations == first.observations


def test_a_run_that_was_never_kept_is_refused(settings):
    with pytest.raises(InputError, match="has no run 'never'"):
        collect_source("discord", settings, BEGUN, [], replay_id="never")


def test_a_replay_writes_nothing_into_the_archive(server, settings):
    land_observations(settings, collect_source("discord", settings, BEGUN, []).observations, BEGUN)
    before = everything_in(settings.home_dir / "raw")

    collect_source("discord", settings, RunStart("nightly", "two", MAY_DAY), [], replay_id="one")

    assert everything_in(settings.home_dir / "raw") == before


# --- the archive of papers ---


def test_papers_become_shares_with_their_evidence(settings, monkeypatch, tmp_path):
    offer(monkeypatch, tmp_path, links=[("p1", "r1", "pytorch"), ("p2", "r2", "tf")], papers=["p1", "p2"])

    found = collect_source("pwc", settings, BEGUN, ["alpha"])

    share = next(one for one in found.observations if one.metric == "pwc.share_icml_2023")
    assert (share.value, share.raw_sha256, share.url) == (0.5, "f" * 64, "https://hub.test/links")


def test_files_that_are_no_archive_are_a_changed_schema(settings, monkeypatch, tmp_path):
    path = tmp_path / "links.parquet"
    path.write_bytes(b"<html>")
    give(monkeypatch, Papers((path,), (path,), "f" * 64, "u"))

    found = collect_source("pwc", settings, BEGUN, ["alpha"])

    assert {one.reason for one in found.observations} == {Reason.SCHEMA_CHANGED}


# --- secrets and addresses ---


def test_no_secret_of_the_settings_reaches_the_archive(server, settings):
    secret = replace_settings(settings, github_token="ghp_sesame", stackexchange_key="se_sesame", hf_token="hf_sesame")
    server.answering = lambda _, asked: Reply(404, str(asked.headers).encode() + asked.path.encode())

    for name in ("github", "pwc", "discord"):
        collect_source(name, secret, BEGUN, [])

    assert any("ghp_sesame" in asked.headers.get("authorization", "") for asked in server.asked)
    assert any("hf_sesame" in asked.headers.get("authorization", "") for asked in server.asked)
    assert not any(b"sesame" in body for body in everything_in(settings.home_dir).values())


@pytest.mark.parametrize(
    ("name", "base", "token"),
    [
        ("github", "https://ghe.test/api/v3", None),
        ("stackoverflow", "https://se.test/2.3", "k-sesame"),
        ("discord", "https://d.test/api", None),
        ("pwc", "https://hub.test", "h-sesame"),
        ("discourse", "", None),
    ],
)
def test_each_source_gets_its_own_address_and_its_own_secret(settings, name, base, token):
    chosen = replace_settings(
        settings,
        github_api_url="https://ghe.test/api/v3/",
        stackexchange_api_url="https://se.test/2.3/",
        discord_api_url="https://d.test/api/",
        papers_archive_url="https://hub.test/",
        github_token="g-sesame",
        stackexchange_key="k-sesame",
        hf_token="h-sesame",
    )

    with opened(chosen) as http:
        upstream = upstream_of(name, chosen, http, MAY_DAY)

    assert (upstream.base_url, upstream.token) == (base, token)
    assert (upstream.auth is not None) is (name == "github")


def test_the_seam_says_who_asks_and_takes_its_limits_from_the_settings(server, settings):
    chosen = replace_settings(settings, timeout_s=3.5, github_max_wait_s=7, max_concurrency=2)

    with opened(chosen) as http:
        http.get(f"{server.url}/x")

        assert (http._limits.timeout_s, http.max_wait_s) == (3.5, 7)
    assert server.asked[0].headers["user-agent"].startswith("speedscore")


def test_a_seam_that_was_used_leaves_no_open_table(server, settings):
    collect_source("discord", settings, BEGUN, [])

    with sqlite3.connect(settings.home_dir / "raw" / "etags.sqlite") as table:
        table.execute("begin exclusive")
    table.close()


# --- identity ---


def test_a_repository_without_a_pinned_id_is_pinned_at_the_first_that_was_seen(settings):
    seen = METRICS["github.repository_id"]
    land_observations(settings, [seen.of("alpha", MAY_DAY, 7)], BEGUN)
    land_observations(settings, [seen.of("alpha", datetime(2026, 5, 2), 666)], RunStart("nightly", "two", MAY_DAY))

    assert {one.id: one.github_id for one in pinned(settings, settings.followed).subjects} == {"alpha": 7, "beta": None}


def test_without_a_warehouse_nothing_is_pinned(settings):
    assert pinned(settings, settings.followed) == settings.followed


def test_reasons_are_told_with_their_numbers():
    lost = [observation(Reason.NO_TOKEN), observation(Reason.RATE_LIMITED), observation(Reason.NO_TOKEN)]

    assert Collected("github", lost, 3).reasons == "no_token 2, rate_limited 1"


# --- fixtures and builders ---

BEGUN = RunStart("nightly", "one", MAY_DAY)


@pytest.fixture(autouse=True)
def _retry_at_once() -> Iterator[None]:
    stamina.set_testing(True, attempts=3)
    yield
    stamina.set_testing(False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """Answer as Discord does."""

    def answer(_: Wire, __: Asked) -> Reply:
        return as_json({"guild": {"id": "1"}, "approximate_member_count": 30, "approximate_presence_count": 3})

    with serving(answer) as found:
        yield found


@pytest.fixture
def settings(tmp_path, server, monkeypatch) -> Settings:
    """Return settings of two made-up subjects whose every upstream is the loopback."""
    return settings_at(server.url, tmp_path, monkeypatch)


@pytest.fixture
def nowhere(tmp_path, monkeypatch) -> Settings:
    """Return settings whose upstreams cannot be reached."""
    return settings_at("http://127.0.0.1:9", tmp_path, monkeypatch)


def settings_at(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("GITHUB_TOKEN", "STACKEXCHANGE_KEY", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(folder)
    (folder / "catalog.toml").write_text(CATALOG)
    addresses = ("github_api_url", "stackexchange_api_url", "discord_api_url", "papers_archive_url", "pypistats_url")
    more = dict.fromkeys(addresses, url) | {"home_dir": folder / "home", "catalog": folder / "catalog.toml"}
    return load_settings(**more, github_max_wait_s=0)


def replace_settings(settings: Settings, **changed: Any) -> Settings:
    given = {name: value for name, value in settings.model_dump().items() if value is not None}
    return load_settings(**(given | changed))


@contextmanager
def opened(settings: Settings) -> Iterator[Http]:
    """Open the seam for a block and close what it holds."""
    http = seam(settings, "pwc", "one")
    try:
        yield http
    finally:
        http.close()


def give(monkeypatch: pytest.MonkeyPatch, papers: Papers) -> None:
    source: Source = replace(sources()["pwc"], collect=lambda *_: [papers])
    monkeypatch.setattr(collect, "sources", lambda: {"pwc": source})


def offer(monkeypatch: pytest.MonkeyPatch, folder: Path, links: list[tuple[str, str, str]], papers: list[str]) -> None:
    """Let the source bring these links, and these papers at one made-up venue year."""
    told = pl.DataFrame(links, schema=["paper_url", "repo_url", "framework"], orient="row")
    told.with_columns(is_official=False).write_parquet(folder / "l.parquet")
    pl.DataFrame({"paper_url": papers, "proceeding": ["ICML 2023 7"] * len(papers)}).write_parquet(folder / "p.parquet")
    give(monkeypatch, Papers((folder / "l.parquet",), (folder / "p.parquet",), "f" * 64, "https://hub.test/links"))


def observation(reason: Reason) -> Observation:
    return METRICS["github.stars"].missing("alpha", MAY_DAY, reason)


def everything_in(folder: Path) -> dict[Path, bytes]:
    def plain(body: bytes) -> bytes:
        return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body

    return {path: plain(path.read_bytes()) for path in folder.rglob("*") if path.is_file() and "-shm" not in path.name}
