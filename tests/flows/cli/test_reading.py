"""A warehouse that an older version published is read by every command, as if this version had published it."""

from datetime import datetime

import duckdb
import pytest
from typer.testing import CliRunner

from catalog.errors import InputError
from flows.cli.app import app
from flows.settings import load_settings
from flows.stages.reading import reading
from warehouse.migrate import migrate, migrations

SPAN = ["--from", "2026-01-01", "--to", "2026-01-31"]


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["gaps"],
        ["gaps", *SPAN],
        ["backfill", *SPAN, "--plan"],
        ["nightly", "--plan"],
        ["sql", "from review_queue"],
        ["verify"],
        ["card", "jax"],
    ],
    ids=" ".join,
)
def test_what_an_older_version_published_is_read_by_every_command(older, command):
    found = CliRunner().invoke(app, command)

    assert found.exception is None or isinstance(found.exception, SystemExit)
    assert found.exit_code == 0, found.output


def test_a_reader_sees_the_tables_of_this_version(older):
    with reading(load_settings()) as connection:
        assert connection.execute("select count(*) from repository_state").fetchone() == (0,)


@pytest.mark.parametrize(
    "query",
    ["-- a remark\nselect 41 + 1 as a", "--\nselect 42 as a", "/* x */ select 42 as a", "select 42 as a -- the end"],
)
def test_a_query_may_begin_with_a_remark_and_lie_in_a_file(older, tmp_path, query):
    (tmp_path / "query.sql").write_text(query, "utf-8")

    for command in (["sql", query], ["sql", query, "--json"], ["sql", "--file", "query.sql"]):
        found = CliRunner().invoke(app, command)
        assert (found.exit_code, "42" in found.output) == (0, True), found.output


def test_a_query_comes_from_one_place_alone(older, tmp_path):
    for command in (["sql", "select 1", "--file", "query.sql"], ["sql", "--file", "nowhere.sql"]):
        assert isinstance(CliRunner().invoke(app, command).exception, InputError)


@pytest.fixture
def older(tmp_path, monkeypatch):
    """Publish a warehouse as the first version would have."""
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with duckdb.connect(tmp_path / "speedscore.duckdb") as connection:
        migrate(connection, datetime(2026, 1, 1), migrations()[:3])
