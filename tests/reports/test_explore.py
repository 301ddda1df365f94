"""The page of SQL stands only where the site carries DuckDB, and its questions are answered by its downloads."""

from dataclasses import replace
from functools import cache

import duckdb
import pytest
from bs4 import BeautifulSoup

from reports.explore import questions, tables
from reports.site import page_of
from reports.site_kept import KeptFacts
from tests.reports.builders import full
from tests.reports.site_builders import KINDS, MONTHS, cards, files_of, site

HOSTILE = "<img src=x onerror=alert(1)>\"',\n\u202ez"
BUILD_BYTES = 35_015_345
SITE = site(duckdb_bytes=BUILD_BYTES)
KEPT = KeptFacts()
KEPT.add(SITE)
QUESTIONS = questions(KEPT, ["alpha", "lib"])


@cache
def found() -> dict[str, str | bytes]:
    """The files of a site that carries DuckDB."""
    return files_of([SITE])


def soup(name: str) -> BeautifulSoup:
    return BeautifulSoup(found()[name], "html.parser")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """DuckDB with the downloads of a site, read as the page reads them; the site's first card has a hostile name."""
    first, *rest = cards()
    hostile = replace(SITE, cards=[replace(first, name=HOSTILE), *rest])
    files, folder = files_of([hostile]), tmp_path_factory.mktemp("data")
    with duckdb.connect() as connection:
        for table in tables(KEPT):
            path = folder / f"{table.name}.csv"
            path.write_text(str(files[f"data/{table.name}.csv"]), encoding="utf-8")
            connection.execute(
                f"create table {table.name} as from read_csv('{path}', auto_detect = false, header = true, "
                f"delim = ',', quote = '\"', escape = '\"', columns = {table.literal})"
            )
        yield connection


def test_the_page_and_its_link_stand_only_where_the_site_carries_duckdb():
    without = files_of([site()])

    assert "explore.html" not in without
    assert {name for name in without if "explore.html" in str(without[name])} == set()
    assert "npm pack @duckdb/duckdb-wasm" in without["downloads.html"]
    assert "SPEEDSCORE_DUCKDB_WASM" in without["downloads.html"]
    for name in ("index.html", "alpha.html", "downloads.html", "explore.html"):
        assert soup(name).select_one("nav a[href='explore.html']").get_text() == "Explore", name
    assert "npm pack" not in found()["downloads.html"]


def test_only_this_page_may_run_wasm_and_a_worker_and_ask_its_own_site():
    wide = {"'wasm-unsafe-eval'", "worker-src", "connect-src"}
    for name in (name for name in found() if name.endswith(".html")):
        policy = soup(name).select_one("meta[http-equiv=Content-Security-Policy]")["content"]
        assert {word for word in wide if word in policy} == (wide if name == "explore.html" else set()), name
        assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", ""), name
        assert "http" not in policy, name


def test_the_button_says_how_much_is_fetched():
    assert soup("explore.html").select_one("#open").get_text() == "Open DuckDB (35 MB)"
    whole = sum(len(found()[f"data/{table.name}.csv"]) for table in tables(KEPT))
    assert f"with {whole / 1e6:.1f} MB of histories" in soup("explore.html").select_one("#needs").get_text()


def test_every_table_is_told_with_its_columns_and_is_a_download():
    told = {one["data-table"]: one["data-columns"] for one in soup("explore.html").select("[data-table]")}

    assert list(told) == ["subjects", "scores", "figures", "shares"]
    assert "'as_of': 'TIMESTAMP'" in told["scores"]
    assert "'year': 'BIGINT'" in told["shares"]
    for name in told:
        header = str(found()[f"data/{name}.csv"]).partition("\n")[0].split(",")
        assert [code.get_text() for code in soup("explore.html").select(f"[data-table={name}] code")] == header


def test_the_downloads_are_read_as_they_are(loaded):
    assert loaded.sql("select count(*) from scores").fetchone() == (5 * len(MONTHS),)
    assert loaded.sql("select name, kind, state from subjects where subject = 'alpha'").fetchone() == (
        HOSTILE, "framework", "live",
    )  # fmt: skip
    assert dict(loaded.sql("select subject, kind from subjects").fetchall()) == KINDS


@pytest.mark.parametrize(("words", "sql"), QUESTIONS)
def test_every_question_has_an_answer(loaded, words, sql):
    rows = loaded.sql(f"from (\n{sql}\n)").fetchall()

    assert rows, words
    assert not sql.endswith(";")
    assert max(map(len, sql.splitlines())) <= 90
    button = next(one for one in soup("explore.html").select("button.question") if one.get_text() == words)
    assert button["data-sql"] == sql


def test_the_biggest_move_of_a_year_is_the_difference_of_its_two_scores(loaded):
    moves = loaded.sql(f"from ({dict(QUESTIONS)['Biggest moves in a year']}\n)").fetchall()
    sizes = [abs(row[-1]) for row in moves]

    assert sizes == sorted(sizes, reverse=True)
    _, _, since, before, day, after, moved = moves[0]
    assert (f"{since}", f"{day}") == ("2023-05-01", "2024-05-01")
    assert moved == pytest.approx(after - before, abs=0.11)


def test_a_site_without_subjects_has_the_page_and_no_question():
    page = BeautifulSoup(files_of([site([], duckdb_bytes=1)])["explore.html"], "html.parser")

    assert page.select("button.question") == page.select("[data-table]") == []
    assert "None yet" in page.select_one(".tables").get_text()


def test_a_subject_called_explore_keeps_its_page():
    files = files_of([site([full(9, "explore")], duckdb_bytes=1)])

    assert page_of("explore") == "explore-.html"
    assert "Open DuckDB" in files["explore.html"]
    assert '<a href="explore-.html">Explore</a>' in files["index.html"]


def test_the_script_is_small():
    assert len(str(found()["assets/explore.js"]).splitlines()) < 160
