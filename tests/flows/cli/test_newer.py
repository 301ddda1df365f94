"""A warehouse that a newer version wrote: every command says so in one sentence, and SQL is answered all the same."""

import duckdb
import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.cli.ending import ending
from flows.settings import load_settings
from flows.stages.score import default_days, score_days

TOLD = "was written by a newer speedscore (version 99.1, 9999_later.sql); update speedscore"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home that a newer version has migrated, and in which its run was the last."""
    folder = tmp_path_factory.mktemp("newer")
    settings = load_settings(home_dir=folder)
    score_days(settings, default_days())
    with duckdb.connect(settings.published) as connection:
        connection.execute("insert into migration values ('9999_later.sql', 'x', now()::timestamp)")
        connection.execute("""insert into run select * replace ('later' as run_id, '99.1' as version,
            known_at + interval 1 second as known_at) from run limit 1""")
    return folder


@pytest.fixture(autouse=True)
def _at_home(home, monkeypatch, tmp_path):
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(home))
    monkeypatch.chdir(tmp_path)


def told_by(capsys, *words: str) -> tuple[object, str]:
    """Run a command as the terminal does; return its exit code and what it said to people."""
    with pytest.raises(SystemExit) as left, ending():
        app(list(words))
    return left.value.code, capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    ["card pytorch", "compare pytorch jax", "explain pytorch --from 2024-01-31 --to 2024-03-31", "gaps", "report", "score",
     "score --as-of 2024-01-31", "status", "verify", "backup", "prune"],
)  # fmt: skip
def test_a_command_that_reads_it_ends_with_one_sentence(capsys, words):
    code, told = told_by(capsys, *words.split())

    assert code == 1
    assert told == f"speedscore: the warehouse {TOLD}\n"


def test_sql_is_answered_and_says_so(capsys):
    code, told = told_by(capsys, "sql", "select count(*) > 0 as scored from score")

    assert code == 0
    assert TOLD in told


@pytest.mark.parametrize(("command", "code"), [("health", 1), ("doctor", 0)])
def test_who_looks_for_faults_finds_it(command, code):
    found = CliRunner().invoke(app, [command, "--json"])

    assert found.exit_code == code
    assert "newer speedscore (version 99.1" in found.output
