"""undo and accept at the command line: figures change from now on, what was known stays told, and scores verify."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from catalog.errors import InputError
from flows.cli.app import app
from flows.settings import load_settings
from flows.stages.importing import import_files
from flows.stages.reading import reading
from flows.stages.verify import verify_scores
from tests.whole import long

HEADER = "snapshot_date,github_id,star_count,contributor_count,projectrank\n"
FEW = """
schema = 1
mode = "replace"
history = false
[[subject]]
id = "pytorch"
name = "PyTorch"
kind = "framework"
github = "pytorch/pytorch"
"""
FIRST = datetime(2022, 1, 6)
COLUMNS = "value, known_at, raw_sha256"


def test_a_run_that_was_taken_back_is_told_so_and_of_other_words_only_where_there_are_some(home):
    run = bring(home, "a", 50_000, weeks=2)

    said = CliRunner().invoke(app, ["undo", run]).output
    assert f"{run} is undone: " in said
    assert "another word stands" not in said
    lines = CliRunner().invoke(app, ["status"]).output.splitlines()
    assert [line.split()[1] for line in lines if line.startswith(run)] == ["undone"]


def test_what_an_import_landed_is_taken_back_and_what_was_known_is_still_told(home):
    bring(home, "a", 50_000, weeks=2)
    before = told()
    moment = newest()
    wrong = bring(home, "b", 90_000, weeks=3, first=1)
    as_known = told()

    run("undo", wrong, "--reason", "the wrong column")

    assert told() == before
    assert told(moment) == before
    assert told(newest_before_undo()) == as_known
    assert asked(
        "select kind, detail_json ->> '$.undoes', detail_json ->> '$.reason' from run where kind = 'undo'"
    ) == [("undo", wrong, "the wrong column")]
    assert asked(
        "select distinct reason from observation_current where method = 'archived' and valid_at > '2022-01-15'"
    ) == [("retracted",)]


def test_scores_of_the_days_concerned_are_made_again_and_every_score_verifies(home):
    bring(home, "a", 50_000, weeks=30)
    score("2022-08-01")
    good = scored()
    wrong = bring(home, "b", 90_000, weeks=3, first=27)
    score("2022-08-01")
    assert scored() != good
    differing = verify_scores(load_settings()).differences
    done = json.loads(run("undo", wrong, "--json").stdout)

    assert scored() == good
    assert done["scores_new"] > 0
    assert differing.is_empty()
    assert verify_scores(load_settings()).differences.is_empty()
    assert asked("select count(distinct known_at) from score where as_of = '2022-08-01'") == [(3,)]


@long
def test_what_a_right_file_said_again_stands_when_the_wrong_one_is_taken_back(home):
    wrong = bring(home, "a", 50_000, weeks=4)
    bring(home, "b", 50_000, weeks=3)

    run("undo", wrong)

    assert told() == {"2022-01-06": 50_000, "2022-01-13": 50_001, "2022-01-20": 50_002}


@long
def test_an_undo_is_undone(home):
    bring(home, "a", 50_000, weeks=1)
    later = bring(home, "b", 50_100, weeks=2, first=1)
    before = told()
    undoing = json.loads(run("undo", later, "--json").stdout)["run_id"]
    assert told() != before
    run("undo", undoing)

    assert told() == before


@long
def test_what_landed_once_lands_again_after_an_undo(home):
    first = bring(home, "a", 50_000, weeks=2)
    before = told()
    run("undo", first)
    bring(home, "a", 50_000, weeks=2)

    assert told() == before


def test_a_plan_says_how_many_rows_of_which_metrics_and_changes_nothing(home):
    landed = bring(home, "a", 50_000, weeks=2)
    rows = everything()
    plan = {row["metric"]: row["retracted"] for row in json.loads(run("undo", landed, "--plan", "--json").stdout)}

    assert plan["github.stars"] == 2
    assert everything() == rows


@pytest.mark.parametrize("case", ["unknown", "undone already", "nothing of its own"])
def test_what_cannot_be_undone_is_one_sentence_and_lands_nothing(home, case):
    landed = bring(home, "a", 50_000, weeks=2)
    chosen, words = {
        "unknown": lambda: ("no-such-run", "no run is called 'no-such-run'"),
        "undone already": lambda: (undone(landed), "is undone already, by"),
        "nothing of its own": lambda: (bring(home, "a", 50_000, weeks=2), "landed nothing of its own"),
    }[case]()
    rows = everything()

    assert words in refusal("undo", chosen)
    assert everything() == rows


def test_a_collapse_that_is_real_is_accepted_and_what_follows_is_not_held_again(home):
    bring(home, "a", 50_000, weeks=60)
    bring(home, "b", 30_000, weeks=4, first=60)
    assert held() == 4
    told = json.loads(run("status", "--json").stdout)["held"]
    done = run("accept", "pytorch", "github.stars", "--reason", "fake accounts were removed")
    gains = "select distinct status from observation_current where metric = 'github.stars_new_365d' and valid_at > '2023-03-01'"
    told_gains = asked(gains)
    bring(home, "c", 30_004, weeks=2, first=64)

    assert [(row["metric"], row["readings"], row["before"], row["value"]) for row in told] == [
        ("github.stars", 4, 50_059, 30_003)
    ]
    assert "counting now: 4 readings of github.stars of pytorch" in done.stderr
    assert told_gains == [("missing",)]
    assert held() == 0
    assert asked("select kind, detail from quality_event where run_id like '%accept%' order by valid_at") == [
        ("level_shift", "accepted: fake accounts were removed"),
        *[("released", "accepted: fake accounts were removed")] * 3,
    ]


@long
def test_an_acceptance_ends_at_its_day_and_is_taken_back_by_an_undo(home):
    bring(home, "a", 50_000, weeks=10)
    bring(home, "b", 30_000, weeks=2, first=10)
    accepting = json.loads(
        run("accept", "pytorch", "github.stars", "--until", f"{FIRST + timedelta(weeks=10):%Y-%m-%d}", "--json").stdout
    )
    assert accepting["readings"] == 1
    assert held() == 0
    run("undo", accepting["run_id"])

    assert held() == 2


def test_without_anything_held_there_is_nothing_to_accept(home):
    bring(home, "a", 50_000, weeks=2)
    rows = everything()

    assert "nothing of github.stars of pytorch is held back" in refusal("accept", "pytorch", "github.stars")
    assert everything() == rows


def test_gaps_name_the_command_for_what_is_held(home):
    bring(home, "a", 50_000, weeks=10)
    bring(home, "b", 30_000, weeks=2, first=10)

    assert "speedscore accept SUBJECT METRIC" in run("status").stderr


# --- fixtures and builders ---


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    (tmp_path / "few.toml").write_text(FEW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPEEDSCORE_HOME_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SPEEDSCORE_CATALOG", str(tmp_path / "few.toml"))
    return tmp_path


def bring(home: Path, name: str, stars: int, weeks: int, first: int = 0) -> str:
    """Import a tracker's file: a reading a week, each a star more; return the run."""
    days = [(FIRST + timedelta(weeks=week), stars + week - first) for week in range(first, first + weeks)]
    lines = [f"{day:%Y-%m-%d},pytorch/pytorch,{count},3000,39\n" for day, count in days]
    file = home / f"{name}.csv"
    file.write_text(HEADER + "".join(lines), encoding="utf-8")
    import_files(load_settings(), [file])
    return str(asked("select run_id from run order by known_at desc limit 1")[0][0])


def undone(run_id: str) -> str:
    run("undo", run_id)
    return run_id


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def refusal(*arguments: str) -> str:
    """Return the sentence with which a command refuses; the last net makes it exit 2."""
    with pytest.raises(InputError) as refused:
        CliRunner().invoke(app, arguments, catch_exceptions=False)
    return str(refused.value)


def score(day: str) -> None:
    run("score", "--as-of", day)


def asked(query: str) -> list[tuple[Any, ...]]:
    with reading(load_settings()) as connection:
        return connection.sql(query).fetchall()


def told(known_at: datetime | None = None) -> dict[str, float]:
    """Return the effective stars of each week, with all that is known or what was known at a moment."""
    return {
        f"{day:%Y-%m-%d}": found[0][0]
        for day in (FIRST + timedelta(weeks=week) for week in range(5))
        if (found := asked(effective(day, known_at or datetime(2100, 1, 1))))
    }


def effective(day: datetime, known_at: datetime) -> str:
    moments = f"timestamp '{day + timedelta(hours=1)}', timestamp '{known_at}'"
    return f"select value from metric_as_of({moments}) where metric = 'github.stars' and valid_at = '{day}' and value is not null"


def newest() -> datetime:
    return asked("select max(known_at) from observation")[0][0]


def newest_before_undo() -> datetime:
    return asked("select max(known_at) from run where kind <> 'undo'")[0][0]


def held() -> int:
    return asked("select count(*) from observation_current where reason = 'quarantined'")[0][0]


def scored() -> list[tuple[Any, ...]]:
    return asked("select subject, as_of, speed_raw, lo, hi, coverage, ecosystem from latest_score")


def everything() -> list[tuple[Any, ...]]:
    return asked("select (select count(*) from observation), (select count(*) from undone), (select count(*) from run)")
