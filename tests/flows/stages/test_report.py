"""The site is written from what is published, only where it changed, and as of any past day."""

import json
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from bs4 import BeautifulSoup

from catalog.load import load_catalog
from flows.settings import Settings, load_settings
from flows.stages.report import put_in_place, write_site
from flows.stages.score import score_days
from flows.stages.spans import days_between
from reports.site_files import Parts

SUMMER = datetime(2026, 9, 1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    """A home that knows what ships, scored every month of two years."""
    found = load_settings(home_dir=tmp_path_factory.mktemp("home"))
    score_days(found, days_between(datetime(2024, 9, 1), SUMMER, "month"))
    return found


@pytest.fixture(scope="module")
def folder(settings, tmp_path_factory) -> Path:
    """The site as of the last of these days."""
    return write_site(settings, tmp_path_factory.mktemp("site"), SUMMER).parent


def page(folder: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((folder / name).read_text(encoding="utf-8"), "html.parser")


def test_the_site_holds_the_schema_and_a_card_for_machines_of_everybody(folder):
    names = {path.name for path in folder.iterdir()}

    assert {"index.html", "card.schema.json", "feed.atom", "CITATION.cff"} <= names
    for subject in load_catalog().subjects:
        assert {f"{subject.id}.html", f"{subject.id}.json"} <= names
        assert json.loads((folder / f"{subject.id}.json").read_text())["score"]["as_of"].startswith("2026-09-01")


def test_without_the_network_the_board_shows_dated_dimension_scores(folder):
    board = page(folder, "index.html")
    cell = board.select_one("tr[data-name^=tensorflow] td.d")

    assert board.select_one(".lead + .soft").get_text().startswith("As of 2026-09-01")
    assert float(cell["data-v"]) > 5
    assert sum(bool(row.select("td.d[data-v]:not([data-v=''])")) for row in board.select(".board tbody tr")) >= 8


def test_a_landing_after_the_day_of_the_site_is_none_of_its_week(folder):
    assert "Nothing landed this week." in page(folder, "changes.html").get_text()


def test_a_page_tells_the_history_that_is_stored(folder, settings):
    figure = page(folder, "tensorflow.html").select_one("#figure-github-stars")
    told = {row.th.get_text(): row.td.get_text().replace(",", "") for row in figure.select("tbody tr")}

    with duckdb.connect(str(settings.published), read_only=True) as connection:
        kept = connection.sql(
            "select day, value from metric_daily where subject = 'tensorflow' and metric = 'github.stars' and value is not null"
        ).fetchall()
    assert told == {f"{day:%Y-%m-%d}": f"{value:.0f}" for day, value in kept if day < SUMMER.date()}


def test_what_looked_wrong_stands_on_the_page_and_on_that_of_data_quality(folder):
    assert "a counter fell from 89381 to 73718" in page(folder, "quality.html").get_text()
    assert page(folder, "tensorflow.html").select("#figure-github-forks path.event")


def test_the_method_is_that_of_the_rubric_and_its_weights_sum_to_one(folder):
    sections = page(folder, "method.html").select("main section[aria-labelledby^=m-]")
    assert len(sections) == 5
    for section in sections:
        weights = [float(cell["data-v"]) for cell in section.select("tbody td:nth-of-type(1)")]
        assert sum(weights) == pytest.approx(1)
    row = next(
        row for row in page(folder, "method.html").select("tbody tr") if row.th.get_text() == "new stars in a year"
    )
    # 0.22 x 0.6 of a dimension, a fifth of the score: 0.264 points over log2(25,000 / 25) = 9.97 doublings
    assert [cell.get_text() for cell in row.select("td")][:7] == [
        "13.2%",
        "0.26",
        "log",
        "25",
        "25,000",
        "accounts",
        "0.026",
    ]


def test_the_downloads_are_the_stored_scores(folder):
    frame = pl.read_parquet(folder / "data" / "scores.parquet")

    assert frame.height == 25 * len(load_catalog().subjects)
    assert frame["as_of"].max() == SUMMER


def test_writing_again_writes_nothing(folder, settings):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    write_site(settings, folder, SUMMER)

    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


def test_a_past_day_knows_nothing_of_later_ones(settings, tmp_path):
    write_site(settings, tmp_path, datetime(2025, 3, 1))

    assert pl.read_parquet(tmp_path / "data" / "scores.parquet")["as_of"].max() == datetime(2025, 3, 1)
    assert pl.read_parquet(tmp_path / "data" / "figures.parquet")["valid_at"].max() < datetime(2025, 3, 1)
    assert "As of 2025-03-01" in page(tmp_path, "index.html").get_text()


def test_a_file_is_replaced_only_where_its_content_differs(tmp_path):
    path = tmp_path / "new" / "a.html"

    kept, longer = Parts(lambda: iter(["t", "wo"])), Parts(lambda: iter(["one\n", "két\n"]))
    contents = ("one", "one", b"two", kept, longer, kept, longer, longer)

    assert [put_in_place(path, content) for content in contents] == [True, False, True, False, True, True, True, False]
    assert path.read_bytes() == "one\nkét\n".encode()
    assert [one.name for one in path.parent.iterdir()] == ["a.html"]
