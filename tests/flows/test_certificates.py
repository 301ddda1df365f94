"""An authority of a company: trusted where it is named, and where it is not it costs only its own source."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import stamina

from catalog.observation import Reason
from collectors.errors import SetupError, UntrustedError
from collectors.git.clone import fetch
from collectors.git.log import read_log
from flows.certificates import NAMES, trusted
from flows.certificates import _add as add
from flows.settings import load_settings
from flows.stages.collect import Collected, collect_source
from flows.stages.land import RunStart
from tests.collectors.authority import Authority, authority
from tests.collectors.git.git_server import GitServer, git, serve_from
from tests.collectors.loopback import Asked, Loopback, Reply, as_json, serving

MAY_DAY = datetime(2026, 5, 1, 2)
INVITE = {"guild": {"id": "1"}, "approximate_member_count": 30, "approximate_presence_count": 3}
CATALOG = """
schema = 1
mode = "replace"
[[subject]]
id = "alpha"
name = "Alpha"
kind = "framework"
github = "alpha/alpha"
discord_invite = "AAA"
pypi = "alpha"
"""


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_an_authority_that_is_named_is_trusted(company, server, environment, name):
    environment.setenv(name, str(company.certificate))

    assert (night("discord").missing, len(server.asked)) == (0, 1)


def test_a_certificate_that_is_not_trusted_costs_only_its_own_source(server, environment, caplog):
    with serving(lambda *_: as_json({"data": []})) as other:
        environment.setenv("SPEEDSCORE_PYPISTATS_URL", other.url)
        lost = night("discord")
        night("pypi")

        assert {one.reason for one in lost.observations} == {Reason.UNREACHABLE}
        assert (server.asked, len(other.asked)) == ([], 1)
    [line] = [one.getMessage() for one in caplog.records if "discord" in one.getMessage()]
    assert "certificate not trusted: unable to get local issuer certificate; next: add the authority" in line
    assert "SSL_CERT_FILE" in line


def test_a_host_that_was_not_trusted_once_is_not_asked_again_and_says_why(server, environment, caplog):
    second = CATALOG.partition('"replace"')[2].replace("lpha", "beta")
    (Path.cwd() / "catalog.toml").write_text(CATALOG + second, "utf-8")
    environment.setenv("SPEEDSCORE_MAX_CONCURRENCY", "1")

    assert night("discord").reasons == "unreachable 4"
    assert "discord: alpha, abeta: 127.0.0.1:" in caplog.text
    assert caplog.text.count("certificate not trusted") == 1


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"lasts": timedelta(days=-1)}, "certificate has expired"),
        ({"address": "127.0.0.2"}, "IP address mismatch"),
    ],
    ids=["expired", "of another host"],
)
def test_what_is_wrong_with_a_certificate_is_said(tmp_path, environment, caplog, made, why):
    found = authority(tmp_path / "wrong", **made)
    environment.setenv("SSL_CERT_FILE", str(found.certificate))
    with serving(lambda *_: as_json(INVITE), found.context) as server:
        environment.setenv("SPEEDSCORE_DISCORD_API_URL", server.url)

        assert night("discord").reasons == "unreachable 2"
    assert why in caplog.text


@pytest.mark.parametrize("text", [None, "no certificate"])
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_file_of_authorities_that_cannot_be_read_is_named(tmp_path, environment, name, text):
    place = tmp_path / "corp.pem"
    if text:
        place.write_text(text, "utf-8")
    environment.setenv(name, str(place))

    with pytest.raises(SetupError, match=f"{name} names {place}, which (cannot be read|holds no certificates)"):
        trusted()


def test_authorities_are_read_when_the_first_connection_is_encrypted(company, server, environment, monkeypatch):
    read = []
    environment.setenv("SSL_CERT_FILE", str(company.certificate))
    environment.setenv("REQUESTS_CA_BUNDLE", str(company.certificate))
    monkeypatch.setattr("flows.certificates._add", lambda context, *named: (read.append(named), add(context, *named)))

    with serving(lambda *_: as_json({"data": []})) as plain:
        environment.setenv("SPEEDSCORE_PYPISTATS_URL", plain.url)
        in_a_thread(lambda: night("pypi"))
        checked = len(read)
        in_a_thread(lambda: night("pypi"))
        in_a_thread(lambda: night("discord"))

    assert (checked, len(read), len(server.asked)) == (1, 2, 1)


def test_several_folders_of_authorities_may_be_named(environment, tmp_path):
    environment.setenv("SSL_CERT_DIR", f"{tmp_path}:/nowhere")

    assert trusted()


def test_without_a_client_a_source_says_why_and_the_night_goes_on(environment, server, caplog):
    environment.setenv("SSL_CERT_FILE", "/nowhere/corp.pem")

    assert night("discord").reasons == "unreachable 2"
    assert night("pypi").reasons == "unreachable 1"
    assert "SSL_CERT_FILE names /nowhere/corp.pem, which cannot be read" in caplog.text


# --- clones ---


def test_git_trusts_the_authority_that_is_named(company, clones, environment, tmp_path):
    environment.setenv("SSL_CERT_FILE", str(company.certificate))

    assert len(read_log(fetch("o/r", tmp_path / "home", 60, web_url=clones.url))) == 1


def test_git_says_that_a_certificate_is_not_trusted(clones, environment, tmp_path):
    with pytest.raises(UntrustedError, match=r"^certificate not trusted: ") as caught:
        fetch("o/r", tmp_path / "home", 60, web_url=clones.url)

    assert "SSL_CERT_FILE" in caught.value.next_step


def test_what_git_was_told_itself_goes_first(company, clones, environment, tmp_path):
    environment.setenv("SSL_CERT_FILE", "/nowhere/corp.pem")
    environment.setenv("GIT_SSL_CAINFO", str(company.certificate))

    assert fetch("o/r", tmp_path / "home", 60, web_url=clones.url)


# --- fixtures and builders ---


def in_a_thread(step: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(step).result()


def night(source: str) -> Collected:
    return collect_source(source, load_settings(), RunStart("nightly", "one", MAY_DAY), [])


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Name no authority, and a catalog of one subject."""
    for name in (*NAMES, "GIT_SSL_CAINFO", "CURL_CA_BUNDLE", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "catalog.toml").write_text(CATALOG, "utf-8")
    monkeypatch.setenv("SPEEDSCORE_CATALOG", str(tmp_path / "catalog.toml"))
    stamina.set_testing(True, attempts=1)
    yield monkeypatch
    stamina.set_testing(False)


@pytest.fixture
def company(tmp_path: Path) -> Authority:
    return authority(tmp_path / "company")


@pytest.fixture
def server(company: Authority, environment: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Answer as Discord does, behind a certificate of the company."""
    with serving(lambda *_: as_json(INVITE), company.context) as found:
        environment.setenv("SPEEDSCORE_DISCORD_API_URL", found.url)
        yield found


@pytest.fixture
def clones(tmp_path: Path, company: Authority, environment: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """Serve a repository with one commit behind a certificate of the company."""
    place: GitServer = serve_from(tmp_path, environment.setenv)
    repository = place.repository()
    repository.commit(MAY_DAY)
    git(f"--git-dir={repository.path}", "update-server-info")

    def answer(_: object, asked: Asked) -> Reply:
        file = place.folder / asked.path.partition("?")[0].lstrip("/")
        return Reply(200, file.read_bytes()) if file.is_file() else Reply(404)

    with serving(answer, company.context) as found:
        yield found
