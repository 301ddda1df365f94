"""Settings that cannot be meant are one sentence that names the setting, never its value."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalog.errors import InputError
from collectors.source import Address
from flows.cli.app import app
from flows.settings import Settings, load_settings

DOTENV = "GITHUB_TOKEN=ghp_sesame\nSPEEDSCORE_EVIDENCE_URL=http://mirror.test\n"
TABLE = 'hf_token = "hf_sesame"\nlabel = "Größe"\n'
CATALOG = 'schema = 1\n[[subject]]\nid = "own"\nname = "Own"\nkind = "framework"\ngithub = "o/own"\n'


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "STACKEXCHANGE_KEY", "HF_TOKEN", "SPEEDSCORE_GITHUB_PASSWORD"])
def test_a_secret_of_few_characters_is_refused_by_its_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, "1")

    with pytest.raises(InputError, match=f"setting {name}: a secret of fewer than 8 characters is none") as caught:
        load_settings()
    assert "1;" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "ghp_sesame"])
def test_no_secret_and_a_real_one_pass(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", text)

    assert load_settings()


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "STACKEXCHANGE_KEY", "HF_TOKEN"])
@pytest.mark.parametrize("text", ["ghp_sesame\u201d", "ghp sesame", "ghp_sesame\nGITHUB", "ghp_sesam\u0435"])
def test_a_token_that_can_stand_in_no_header_is_refused_by_its_name(home, monkeypatch, name, text):
    monkeypatch.setenv(name, text)

    with pytest.raises(
        InputError, match=f"^setting {name}: it holds a space, or a character that is not ASCII"
    ) as caught:
        load_settings()
    assert "ses" not in str(caught.value)


@pytest.mark.parametrize("below", ["", "sub/folder"])
def test_a_home_that_is_a_file_is_told_as_what_it_is(home, monkeypatch, below):
    (home / "taken").touch()
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(home / "taken" / below))

    with pytest.raises(InputError, match=r"^setting SPEEDSCORE_HOME_DIR: \S*/taken is a file; name a folder$"):
        load_settings()


def test_blanks_around_a_token_are_no_part_of_it(home, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", " ghp_sesame\n")

    assert load_settings().github_credentials == {"token": "ghp_sesame"}


def test_a_private_key_of_few_characters_is_none(home, monkeypatch):
    monkeypatch.setenv("SPEEDSCORE_GITHUB_APP_PRIVATE_KEY", "1")

    with pytest.raises(InputError, match="setting SPEEDSCORE_GITHUB_APP_PRIVATE_KEY: a secret of fewer than 8"):
        load_settings()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_mark_at_the_beginning_of_a_file_is_no_part_of_it(home, encoding):
    (home / ".env").write_text(DOTENV, encoding)
    (home / "speedscore.toml").write_text(TABLE + 'catalog = "own.toml"\n', encoding)
    (home / "own.toml").write_text(CATALOG, encoding)

    found = load_settings()

    assert found.github_credentials == {"token": "ghp_sesame"}
    assert (found.label, found.hf_token.get_secret_value()) == ("Größe", "hf_sesame")
    assert found.base_url(Address("evidence_url")) == "http://mirror.test"
    assert found.followed["own"].github == "o/own"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("name", [".env", "speedscore.toml", "own.toml"])
def test_a_file_in_another_encoding_is_named_and_no_other(home, name, encoding):
    texts = {
        ".env": DOTENV + "# ü\n",
        "speedscore.toml": TABLE + 'catalog = "own.toml"\n',
        "own.toml": CATALOG + "# ü\n",
    }
    for file, text in texts.items():
        (home / file).write_text(text, encoding if file == name else "utf-8")

    done = command("score", "--as-of", "2024-01-31")

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "save" in done.stderr
    assert {file for file in texts if file in done.stderr} == {name}


def test_settings_are_shown_without_the_password_of_an_address(home, monkeypatch):
    monkeypatch.setenv("SPEEDSCORE_GITHUB_API_URL", "https://me:sesame@git.corp.example/api/v3")
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_sesame")

    told = CliRunner().invoke(app, ["status", "--settings"]).output

    assert "https://git.corp.example/api/v3" in told
    assert "sesame" not in told


def test_sql_in_another_encoding_is_named(home):
    (home / "q.sql").write_text("select 1", "utf-16")

    done = command("sql", "--file", "q.sql")

    assert (done.returncode, done.stderr) == (2, "speedscore: q.sql: the file is UTF-16 or no text; save it as UTF-8\n")


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    told = [sys.executable, "-m", "flows", *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(told, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("GITHUB_TOKEN", "HF_TOKEN", "STACKEXCHANGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_address_that_can_be_set_is_told_in_the_docs():
    pages = "".join(page.read_text("utf-8") for page in (Path(__file__).parents[2] / "docs").glob("*.md"))

    addresses = [name.upper() for name in Settings.model_fields if name.endswith("_url")]
    assert [name for name in addresses if f"`{name}`" not in pages] == []


def test_what_follows_from_other_settings_is_shown_as_it_holds(tmp_path, monkeypatch):
    (tmp_path / "catalog.toml").write_text(CATALOG, "utf-8")
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))

    found = json.loads(CliRunner().invoke(app, ["status", "--settings", "--json"]).output)
    shown = {row["setting"]: row["value"] for row in found}
    assert shown["warehouse"] == str(tmp_path / "speedscore.duckdb")
    assert shown["catalog"] == str(tmp_path / "catalog.toml")
    assert shown["github_graphql_url"] == "https://api.github.com/graphql"
    assert shown["github_web_url"] == "https://github.com"


@pytest.mark.parametrize("name", ["home_dir", "warehouse", "catalog", "github_api_url", "duckdb_wasm"])
def test_an_empty_place_is_the_usual_one_and_not_the_folder_where_one_stands(home, monkeypatch, name):
    usual = getattr(load_settings(), name)
    monkeypatch.setenv(f"SPEEDSCORE_{name.upper()}", "")

    assert getattr(load_settings(), name) == usual


@pytest.mark.parametrize("name", ["SQL_TIMEOUT_S", "TIMEOUT_S", "DEADLINE_S", "GITHUB_MAX_WAIT_S"])
@pytest.mark.parametrize("text", ["inf", "1e12", "nan"])
def test_more_seconds_than_a_clock_can_wait_are_refused_by_name(home, monkeypatch, name, text):
    monkeypatch.setenv(f"SPEEDSCORE_{name}", text)

    with pytest.raises(InputError, match=rf"^setting SPEEDSCORE_{name}: Input should be (less|greater) than"):
        load_settings()
