"""What is kept behind a score must give it: points that sum to it, dimensions of which it is the mean."""

import shutil
from datetime import datetime

import duckdb
import polars as pl
import pytest

from flows.settings import Settings, load_settings
from flows.stages.score import score_days
from flows.stages.verify import verify_scores
from warehouse.errors import WarehouseError

CASE = "subject = 'pytorch' and as_of = timestamp '2024-01-31' and rubric = '2024.1'"


@pytest.fixture(scope="module")
def scored(tmp_path_factory) -> Settings:
    """A home with a warehouse of what ships, scored on the day of the first published card."""
    from flows.cli.app import app

    folder = tmp_path_factory.mktemp("scored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPEEDSCORE_HOME_DIR", str(folder))
        app(["score", "--as-of", "2024-01-31", "--rubric", "2024.1"], standalone_mode=False)
    return load_settings(home_dir=folder)


@pytest.fixture(scope="module")
def older(scored, tmp_path_factory) -> Settings:
    """The same home, of which a later day was drawn since, so that its own is not the newest."""
    folder = tmp_path_factory.mktemp("older")
    shutil.copy(scored.published, folder)
    settings = load_settings(home_dir=folder)
    score_days(settings, [datetime(2024, 2, 29)], "2024.1")
    return settings


@pytest.mark.parametrize(
    ("altered", "named"),
    [
        (
            "update contribution set points = points + 1 where metric = 'github.stars' and",
            "ecosystem popularity github.stars points",
        ),
        (
            "delete from contribution where metric = 'github.stars' and",
            "ecosystem popularity github.stars contribution",
        ),
        ("update dimension_score set raw = raw - 0.2 where dimension = 'research' and", "research raw"),
        ("update dimension_score set score = 1.5 where dimension = 'research' and", "research score"),
        ("update dimension_score set coverage = 0.9 where dimension = 'research' and", "research coverage"),
        ("delete from dimension_score where dimension = 'research' and", "research dimension_score"),
        ("delete from score where", "score"),
    ],
)
def test_what_is_kept_behind_a_score_and_does_not_give_it_is_named(scored, tmp_path, altered, named):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        assert connection.execute(f"{altered} {CASE}").fetchall() == [(1,)]

    found = verify_scores(load_settings(home_dir=tmp_path)).differences

    assert named in found["column"].to_list()
    assert set(found["subject"]) == {"pytorch"}


PARTS = {
    "contribution": ["value", "mark", "weight", "points", "age_days", "state", "status", "source", "valid_at"],
    "dimension_score": ["score", "raw", "lo", "hi", "coverage"],
}
OTHER = {"DOUBLE": "+ 0.01", "VARCHAR": "|| 'x'", "TIMESTAMP": "+ interval 1 day"}


@pytest.mark.parametrize(("table", "column"), [(table, column) for table in PARTS for column in PARTS[table]])
def test_each_figure_behind_a_score_is_named_where_it_is_altered(scored, tmp_path, table, column):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        kind, row = connection.execute(
            f"select typeof({column}), min(rowid) from {table} where {column} is not null and {CASE} group by 1"
        ).fetchone()
        connection.execute(f"update {table} set {column} = {column} {OTHER[kind]} where rowid = {row}")

    found = verify_scores(load_settings(home_dir=tmp_path)).differences

    assert [one.split()[-1] for one in found["column"]] == [column]


@pytest.mark.parametrize(
    ("altered", "fewer"), [("update score set coverage = 0.5 where", 1), ("delete from score where", 0)]
)
def test_scores_are_confirmed_that_are_kept_and_nothing_of_them_differs(scored, tmp_path, altered, fewer):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        connection.execute(f"{altered} {CASE}")

    done = verify_scores(load_settings(home_dir=tmp_path))

    assert done.differences.height > 0
    assert done.confirmed == done.scores - fewer


def test_points_behind_a_score_that_is_withheld_are_proved(scored, tmp_path):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        withheld = "from score where status = 'withheld' order by subject limit 1"
        (subject,) = connection.execute(f"select subject {withheld}").fetchone()
        connection.execute("update contribution set points = points + 1 where subject = $1", [subject])

    found = verify_scores(load_settings(home_dir=tmp_path)).differences

    assert set(found["subject"]) == {subject}


@pytest.mark.parametrize("table", ["score", "score_interval", "dimension_interval", "rank_probability", *PARTS])
def test_a_row_that_stands_twice_is_named(scored, tmp_path, table):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        connection.execute(f"insert into {table} select * from {table} where {CASE} order by all limit 1")

    found = verify_scores(load_settings(home_dir=tmp_path)).differences

    assert found.select(pl.col("column").str.ends_with(f"{table} rows"), "stored", "recomputed").rows() == [
        (True, "2", "1")
    ]


@pytest.mark.parametrize("table", ["score", *PARTS])
def test_a_part_whose_score_is_gone_is_named(scored, tmp_path, table):
    shutil.copy(scored.published, tmp_path)
    others = {"score", *PARTS} - {table}
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        for other in others:
            connection.execute(f"delete from {other} where {CASE}")

    found = verify_scores(load_settings(home_dir=tmp_path)).differences

    assert set(found["subject"]) == {"pytorch"}


@pytest.mark.parametrize(
    ("altered", "named"),
    [
        ("update score_interval set hi = hi + 0.1 where", {"hi"}),
        ("update dimension_interval set lo = lo - 0.1 where dimension = 'research' and", {"research lo"}),
        ('update rank_probability set probability = 0.5 where "rank" = 1 and', {"1 probability"}),
        ("delete from score_interval where", {"score_interval"}),
        ("delete from dimension_interval where dimension = 'research' and", {"research dimension_interval"}),
        ('delete from rank_probability where "rank" = 1 and', {"1 rank_probability"}),
    ],
)
def test_what_was_drawn_and_is_altered_or_gone_is_named(older, tmp_path, altered, named):
    shutil.copy(older.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        assert connection.execute(f"{altered} {CASE}").fetchall() == [(1,)]

    found = verify_scores(load_settings(home_dir=tmp_path), cases=1).differences

    assert set(found["column"]) == named


def test_draws_of_which_no_record_is_there_are_proved(older, tmp_path):
    shutil.copy(older.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        connection.execute("delete from drawn_day")

    done = verify_scores(load_settings(home_dir=tmp_path), cases=1)

    assert done.drawn_again == 2
    assert done.differences.is_empty()


def test_a_drawn_day_that_is_gone_as_a_whole_is_named(older, tmp_path):
    shutil.copy(older.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        for table in ("score_interval", "dimension_interval", "rank_probability"):
            connection.execute(f"delete from {table} where as_of = timestamp '2024-01-31'")

    found = verify_scores(load_settings(home_dir=tmp_path), cases=1).differences

    assert found.filter(column="score_interval")["subject"].to_list() == ["pytorch"]
    assert set(found["as_of"].dt.date().cast(str)) == {"2024-01-31"}


@pytest.mark.parametrize(("cases", "again"), [(1, 1), (28, 2), (None, 2)])
def test_the_newest_draws_are_proved_and_as_many_others_as_there_is_room_for(older, cases, again):
    done = verify_scores(older, cases)

    assert (done.drawn, done.drawn_again) == (2, again)
    assert done.differences.is_empty()


@pytest.mark.parametrize(
    "altered",
    [
        "value = value + 1",
        "lo = 0.5",
        "n = 7",
        "status = 'derived'",
        "valid_at = valid_at + interval 1 day",
        "source = 'x'",
        "first_at = first_at + interval 1 day",
        "known_until = known_until - interval 1 day",
        "cells = cells + 1",
    ],
)
def test_a_newest_word_that_nobody_said_is_named(scored, tmp_path, altered):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        one = "(select min(rowid) from newest_word where subject = 'pytorch' and metric = 'github.stars' and has_value)"
        assert connection.execute(f"update newest_word set {altered} where rowid = {one}").fetchall() == [(1,)]

    found = verify_scores(load_settings(home_dir=tmp_path)).differences

    assert set(found.select("subject", "rubric").rows()) == {("pytorch", None)}
    assert {one.split()[0] for one in found["column"]} == {"github.stars"}


def test_a_series_whose_newest_word_is_gone_is_named(scored, tmp_path):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        connection.execute("delete from newest_word where subject = 'pytorch' and metric = 'github.stars'")

    found = verify_scores(load_settings(home_dir=tmp_path)).differences

    assert found.height
    assert set(found["subject"]) == {"pytorch"}


@pytest.mark.parametrize("altered", ["update rubric set sha256 = 'another'", "delete from rubric"])
def test_scores_that_another_text_of_their_rubric_made_are_refused_in_a_sentence(scored, tmp_path, altered):
    shutil.copy(scored.published, tmp_path)
    with duckdb.connect(str(tmp_path / "speedscore.duckdb")) as connection:
        connection.execute(f"{altered} where id = '2024.1'")

    with pytest.raises(WarehouseError, match=r"the text of rubric 2024\.1 is not the one .* bring back a backup"):
        verify_scores(load_settings(home_dir=tmp_path))


def test_what_nobody_has_altered_is_confirmed(scored):
    done = verify_scores(scored)

    assert done.confirmed == done.scores > 0
    assert done.drawn == done.drawn_again == 1
    assert done.differences.is_empty()
