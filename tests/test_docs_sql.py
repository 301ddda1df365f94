"""Every question of docs/sql.md is answered by a small home, and every tool's way to open the file is a way."""

import re
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from catalog.load import Catalog
from catalog.metric import METRICS
from tests.docs_sql_home import small_home
from warehouse.frame import frame
from warehouse.land import Run, land
from warehouse.query import ask
from warehouse.reader import open_to_questions

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "sql.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^### (\d+)\. (.+?)\n```sql\n(.+?)```", PAGE, re.DOTALL | re.MULTILINE)

SCORED = """select as_of, speed_raw from score where subject = 'pytorch' and rubric = '2024.1'
qualify row_number() over (partition by as_of order by known_at desc) = 1"""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return small_home(tmp_path_factory.mktemp("home")).published


def test_there_are_twenty_five_questions_in_order():
    assert [int(number) for number, _, _ in QUESTIONS] == list(range(1, 26))


@pytest.mark.parametrize(("number", "question", "query"), QUESTIONS, ids=[one[1] for one in QUESTIONS])
def test_a_question_is_answered(published, number, question, query):
    with open_to_questions(published) as connection:
        found = ask(connection, query)

    assert found.rows, f"{number}. {question} gave nothing"
    assert all(len(row) == len(found.columns) for row in found.rows)


def test_the_first_summary_tells_no_count_of_another_season_as_that_of_a_year(warehouse):
    """JAX left the list in April: its count of April is none of the last day that others have."""
    stars = METRICS["github.stars"]
    counted = {"pytorch": (datetime(2024, 10, 23), 83_202), "jax": (datetime(2024, 4, 7), 27_685)}
    found = [stars.of(one, on, n, method="archived", source="github-ranking") for one, (on, n) in counted.items()]
    land(warehouse, frame(found), Catalog(), Run("import", "import", datetime(2025, 1, 1), datetime(2025, 1, 1), "1"))

    answer = warehouse.sql((DOCS / "five-years.sql").read_text("utf-8"))

    [row] = [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]
    assert (row["day"], row["pytorch"], row["jax"]) == (date(2024, 10, 23), 83_202, None)


def test_the_answers_are_those_of_the_home(published):
    asked = {int(number): query for number, _, query in QUESTIONS}
    with open_to_questions(published) as connection:
        crossed, missing = ask(connection, asked[3]).rows[0], ask(connection, asked[4]).rows
        gained = ask(connection, asked[2]).rows

    assert str(crossed[0]).startswith("2023-04-01")
    assert ("JAX", "discourse.users", "The source did not answer") in [row[:3] for row in missing]
    assert gained == sorted(gained, key=lambda row: -row[1])


def test_what_is_told_of_a_score_is_told_of_one_score(published):
    """A day may be scored under several rubrics, and again when more is known."""
    asked = {int(number): query for number, _, query in QUESTIONS}
    with open_to_questions(published) as connection:
        parts, moved, places, thin = (ask(connection, asked[number]).rows for number in (6, 7, 17, 21))
        scored = ask(connection, SCORED).rows

    raw = dict(scored)
    january, march = datetime(2024, 1, 31), datetime(2024, 3, 1)
    assert sum(row[5] for row in parts) == pytest.approx(raw[january])
    assert sum(row[1] for row in moved) == pytest.approx(raw[march] - raw[january])
    for rows in (places, thin):
        assert len({row[:4] if rows is places else row[:2] for row in rows}) == len(rows)


def test_python_opens_the_file_as_the_page_says(published):
    [code] = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}

    exec(code.replace("data/speedscore.duckdb", str(published)), names)  # noqa: S102 - the page's own words

    assert names["scores"]


def test_every_column_of_every_table_and_view_has_a_comment(published):
    with duckdb.connect(str(published), read_only=True) as connection:
        lacking = connection.sql(
            "select table_name, column_name from duckdb_columns() where not internal and comment is null"
        ).fetchall()

    assert lacking == []
