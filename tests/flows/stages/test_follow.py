"""Follow a framework by its address: what its repository tells is found, kept, and what is odd is one sentence."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import httpx
import pytest
import tomlkit
from typer.testing import CliRunner

from catalog.errors import CatalogError, InputError
from flows.cli.app import app
from flows.replica import Fault, Server, World, build_world
from flows.replica.names import rename
from flows.replica.repository import Repo
from flows.replica.world import PROFILES
from flows.settings import load_settings
from flows.stages.follow import find, keep
from flows.stages.own_catalog import with_subject
from tests.today import TODAY

SMALL = {"commits": 30, "issues": 10, "stars": 300, "models": 20, "questions": 40, "questions_day": 0.05}
VELOX = {
    "id": "velox",
    "name": "Velox",
    "kind": "framework",
    "github": "demo-lab/velox",
    "github_id": 987654321,
    "github_former": ["demo-old/velox"],
    "stackoverflow_tags": ["velox-ml"],
    "discord_invite": "velox-chat",
    "discord_guild_id": "123456789012345678",
    "pypi": "velox-ml",
    "huggingface_tag": "velox",
}
TRUTH = {
    "github_id": "987654321",
    "github": "demo-lab/velox",
    "name": "Velox",
    "kind": "framework",
    "github_former": "demo-old/velox",
    "stackoverflow_tags": "velox-ml",
    "discord_invite": "velox-chat",
    "discord_guild_id": "123456789012345678",
    "pypi": "velox-ml",
    "huggingface_tag": "velox",
    "import_names": "velox_ml",
}


def test_every_name_that_the_repository_tells_is_found_with_its_evidence(velox):
    found = find(load_settings(), "https://github.com/demo-lab/velox")

    told = sorted((one.key, one.value) for one in found.findings)
    assert told == sorted((TRUTH | {"discourse_url": f"{velox.url}/forum/velox"}).items())
    assert all(one.evidence for one in found.findings)
    assert found.peers[:3] == ("PyTorch", "TensorFlow", "JAX")
    assert found.remarks == ()
    assert len([path for _, path in velox.requests if path.startswith("/github")]) <= 8


@pytest.mark.parametrize(
    "typed",
    ["velox", "demo-lab/velox", "git@github.com:demo-lab/velox.git", "https://github.com/demo-lab/velox/issues?q=1"],
)
def test_a_name_or_any_form_of_the_address_leads_to_it(velox, typed):
    assert find(load_settings(), typed).subject.github_id == VELOX["github_id"]


def test_what_is_found_is_written_beside_what_the_user_wrote(velox, tmp_path):
    own = tmp_path / "data" / "catalog.toml"
    own.parent.mkdir()
    own.write_text(
        '# mine\nschema = 1\n\n[[subject]]  # my own\nid = "mine"\nname = "Mine"\nkind = "library"\ngithub = "me/mine"\n',
        "utf-8",
    )

    ran = CliRunner().invoke(app, ["follow", "demo-lab/velox"])

    text = own.read_text("utf-8")
    assert ran.exit_code == 0, ran.output
    assert text.startswith("# mine\n")
    assert "[[subject]]  # my own" in text
    subject = load_settings().followed["velox"]
    assert (subject.github_id, subject.pypi, subject.import_names) == (987654321, "velox-ml", ["velox_ml"])
    assert {"mine", "pytorch"} <= {one.id for one in load_settings().followed.subjects}

    again = CliRunner().invoke(app, ["follow", "demo-lab/velox"])
    assert "followed already" in again.output
    assert own.read_text("utf-8") == text


def test_a_plan_writes_nothing_and_json_is_whole(velox, tmp_path):
    ran = CliRunner().invoke(app, ["follow", "demo-lab/velox", "--plan", "--json"])

    assert json.loads(ran.stdout)["subject"]["github_id"] == 987654321
    assert not (tmp_path / "data" / "catalog.toml").exists()


def test_a_user_s_value_stands_and_only_what_is_lacking_is_added():
    text, added = with_subject("schema = 1\n", {"id": "a", "name": "A", "kind": "library", "github": "a/a"}, "own")
    document = tomlkit.parse(text.replace('"library"', '"framework" # no library'))
    more, added = with_subject(
        tomlkit.dumps(document), {"id": "a", "name": "A", "kind": "library", "github": "a/a", "pypi": "a"}, "own"
    )

    assert added == ["pypi"]
    assert '"framework" # no library' in more


@pytest.mark.parametrize("text", ["schema = ", "schema = 1\nsubject = 3\n", "schema = 2\n", 'schema = 1\nwhat = "x"\n'])
def test_a_catalog_that_is_none_is_left_alone(text):
    with pytest.raises(CatalogError, match="own"):
        with_subject(text, {"id": "a", "name": "A", "kind": "library", "github": "a/a"}, "own")


ODD: dict[str, tuple[dict[str, object], str]] = {
    "archived": ({"is_archived": True}, "archived"),
    "fork": ({"parent": "up/stream"}, "fork of up/stream"),
}


@pytest.mark.parametrize("how", ODD)
def test_what_is_odd_about_it_is_said(serve, how):
    changes, word = ODD[how]
    serve(changed(**changes))

    assert any(word in one for one in find(load_settings(), "demo-lab/velox").remarks)


def test_a_repository_without_a_readme_is_followed_by_what_github_knows(serve):
    serve(changed(readme=""))

    found = find(load_settings(), "demo-lab/velox")
    assert (found.subject.name, found.subject.github_id, found.subject.discord_invite) == (
        "velox",
        987654321,
        "velox-chat",
    )


def test_a_former_name_leads_to_today_s(serve):
    serve(rename(the_world(), "velox", "new-lab/velox"))

    subject = find(load_settings(), "demo-lab/velox").subject
    assert subject.github == "new-lab/velox"
    assert "demo-lab/velox" in subject.github_former


REFUSED = {
    "nobody/nothing": "GitHub has no repository nobody/nothing that you may see",
    "https://gitlab.com/a/b": "is no address of a repository on github.com",
    "https://github.com/only-owner": "is no address of a repository on github.com",
    "vexol": "no repository on GitHub is called 'vexol'",
    "???": "names nothing",
}


@pytest.mark.parametrize("typed", REFUSED)
def test_what_names_no_repository_is_one_sentence(velox, typed):
    ran = CliRunner().invoke(app, ["follow", typed])

    assert isinstance(ran.exception, InputError)
    assert REFUSED[typed] in str(ran.exception)


@pytest.mark.parametrize(("status", "word"), [(451, "does not show"), (403, "does not show"), (503, "503")])
def test_what_github_refuses_is_one_sentence_too(serve, status, word):
    serve(the_world(), Fault(prefix="/github/repos/demo-lab", kind=f"status:{status}", times=99))

    ran = CliRunner().invoke(app, ["follow", "demo-lab/velox"])

    assert word in ran.output + str(ran.exception)
    assert isinstance(ran.exception, InputError | SystemExit)


def test_who_does_not_answer_costs_only_its_own_name(serve):
    serve(the_world(), Fault(prefix="/stackexchange", kind="status:500", times=99))

    found = find(load_settings(), "demo-lab/velox")
    assert {one.key for one in found.findings} == {*TRUTH, "discourse_url"} - {"stackoverflow_tags"}
    assert any("stackexchange" in one for one in found.remarks)


HOSTILE = [
    "\x00" * 100, "<a href='" + "x" * 10_000, "[" * 5_000 + "](http://" + "a" * 5_000, "<" * 5_000,
    "https://discord.gg/" + "../" * 50, "# " + "velox " * 3_000, "pip install " * 2_000, "import os\n" * 2_000,
]  # fmt: skip


@pytest.mark.parametrize("readme", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_readme_leaves_what_is_sure(serve, readme):
    serve(replace(changed(readme=readme), tables={}))

    assert find(load_settings(), "demo-lab/velox").subject.github_id == 987654321


def test_kept_names_are_those_that_the_table_of_subjects_can_take(velox):
    settings = load_settings()
    assert "github_id" in keep(settings, find(settings, "demo-lab/velox"))
    assert settings.followed.find("velox_ml").id == "velox"


@cache
def the_world() -> World:
    PROFILES["velox"] = SMALL
    return build_world([VELOX], TODAY.date())


def changed(**changes: object) -> World:
    world = the_world()
    repositories: tuple[Repo, ...] = tuple(replace(one, **changes) for one in world.repositories)
    return replace(world, repositories=repositories)


@pytest.fixture(autouse=True)
def _few_tries(monkeypatch, tmp_path):
    monkeypatch.setattr("collectors.transport.wire.TRIES", 1)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def serve(monkeypatch):
    """Serve a world, with faults, to whatever the test runs."""
    running: list[Server] = []

    def begin(world: World, *faults: Fault) -> Server:
        server = Server(world, faults=faults).__enter__()
        running.append(server)
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("GITHUB_TOKEN")
        assert httpx.get(f"{server.url}/github/rate_limit", trust_env=False).is_success
        return server

    yield begin
    for server in running:
        server.__exit__(None, None, None)


@pytest.fixture
def velox(serve) -> Iterator[Server]:
    """Serve the world of one framework that no catalog knows."""
    return serve(the_world())
