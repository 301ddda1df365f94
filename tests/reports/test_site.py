"""The site ranks the subjects, tells their histories, and gives everything away as files."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO

import polars as pl
import pytest
from bs4 import BeautifulSoup

from reports.site import page_of
from reports.site_facts import Quality
from tests.reports.builders import among, empty, full
from tests.reports.site_builders import HOLE, MONTHS, cards, figures, files_of, history, site
from tests.scoring.builders import answer

HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>"
ATOM = "{http://www.w3.org/2005/Atom}"
MOST_BYTES = 1_500_000


@cache
def found() -> dict[str, str | bytes]:
    """The files of the site of five subjects."""
    return files_of([site()])


def soup(name: str, files: dict[str, str | bytes] | None = None) -> BeautifulSoup:
    return BeautifulSoup((files or found())[name], "html.parser")


def told_of(subject: str, files: dict[str, str | bytes]) -> dict:
    """Return what the page of comparisons reads of a subject."""
    text = files[f"data/{subject}.js"]
    return json.loads(text[text.index("=", text.index('"]')) + 1 : text.rindex(";")])


def ranked(of) -> list[str]:
    """Return the subjects in the order of the board."""
    return [
        link["href"].removesuffix(".html") for link in soup("index.html", files_of([site(of)])).select(".board th a")
    ]


def test_every_subject_has_a_page_a_card_histories_and_badges():
    names = set(found())

    assert {"index.html", "compare.html", "changes.html", "quality.html", "method.html", "downloads.html"} <= names
    for one in ("alpha", "omega"):
        assert {f"{one}.html", f"{one}.json", f"data/{one}.js", f"badges/{one}.svg", f"badges/{one}.json"} <= names
        assert {
            f"data/{one}.{kind}.{form}" for kind in ("scores", "figures", "shares") for form in ("csv", "json")
        } <= names
    assert json.loads(found()["beta.json"])["subject"] == "beta"


def test_every_link_of_every_page_leads_to_a_file_of_the_site():
    for name in found():
        if name.endswith(".html"):
            page = soup(name)
            asked = [tag.get("href") or tag.get("src") for tag in page.select("[href], [src]")]
            inside = [one for one in asked if not re.match(r"https?:", one)]
            lost = [one for one in inside if one.partition("#")[0] and one.partition("#")[0] not in found()]
            assert lost == [], name
            ids = {tag["id"] for tag in page.select("[id]")}
            assert [one for one in inside if one.startswith("#") and one[1:] not in ids] == [], name


def test_no_page_asks_another_host_and_all_are_small():
    for name, content in found().items():
        if name.endswith(".html"):
            page = soup(name)
            assert [tag for tag in page.select("script[src], link[href], img[src]")
                    if re.match(r"(https?:)?//", tag.get("src") or tag.get("href"))] == [], name  # fmt: skip
            assert page.select("script:not([src])") == [], name
            policy = page.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
            assert policy.startswith("default-src 'none'; script-src 'self' file:;"), name
            assert len(content) < MOST_BYTES, name


def test_the_best_score_stands_first_and_the_withheld_last():
    assert ranked([empty("omega"), full(5, "alpha"), full(10, "beta"), full(7.5, "gamma")]) == [
        "beta", "gamma", "alpha", "omega",
    ]  # fmt: skip


def test_a_score_of_nought_stands_above_none():
    assert ranked([empty("omega"), full(0, "nought")]) == ["nought", "omega"]


def test_equal_scores_stand_by_coverage_then_by_name():
    thin = full(7.5, "alpha", but=("github.forks",))

    assert ranked([thin, full(7.5, "gamma"), full(7.5, "beta")]) == ["beta", "gamma", "alpha"]


def test_the_board_has_a_table_of_each_kind_with_the_state():
    page = soup("index.html")

    assert [head.get_text() for head in page.select("section h2")] == ["Frameworks", "Libraries"]
    assert [row.select_one("a").get_text() for row in page.select("section[data-kind=library] tbody tr")] == [
        "Lib",
        "Omega",
    ]
    assert page.select_one("tr[data-name^=gamma] .pill").get_text() == "retired since 2023-01-05"
    assert page.select_one("tr[data-name^=alpha] .pill").get_text() == "live"


def test_what_is_withheld_shows_the_last_known_scores_with_their_day():
    row = soup("index.html").select_one("tr[data-name^=omega]")

    assert [cell.get_text(" ") for cell in row.select("td")][:3] == ["withheld", "6.1 2021-10-01", "no data"]


def test_a_dimension_of_which_too_little_is_known_is_withheld_and_not_without_data():
    thin = among([answer("github.stars", 50_000, subject="omega")], "omega")
    row = soup("index.html", files_of([site([thin], scores={})])).select_one("tr[data-name^=omega]")

    assert [cell.get_text(" ") for cell in row.select("td")][:3] == ["withheld", "withheld", "no data"]


def test_a_score_beside_an_empty_history_is_not_denied():
    files = files_of([site([full(9, "alpha"), full(6, "beta")], scores={})])

    assert "No score is kept yet" in soup("alpha.html", files).select_one("#history").get_text()
    assert "No score of these subjects is kept yet" in files["assets/compare.js"]


def test_data_quality_says_of_when_it_tells_and_where_no_source_was_asked():
    files = files_of([site(quality=Quality())])
    text = soup("quality.html", files).get_text(" ")

    assert "as the warehouse stands now" in text
    assert "No source of a night has been asked yet" in text


def test_a_board_without_any_score_says_so():
    page = soup("index.html", files_of([site([empty("omega")])]))

    assert "No subject has a published score on this day" in page.select_one(".empty").get_text()
    assert soup("index.html").select_one(".empty") is None


def test_a_history_draws_holes_rubrics_intervals_and_odd_values():
    chart = soup("alpha.html").select_one("#speed .broad svg")

    assert len(chart.select("polyline.line")) == len(chart.select("polygon.band")) == 2
    assert len(chart.select("rect.hole")) == 1
    assert [one.get_text() for one in chart.select("text.word")] == ["rubric 2024.1"]
    assert [one.get_text() for one in chart.select("path.event title")] == ["stars: a counter fell from 2 to 1"]
    assert len(chart.select("line.bar5")) == 1
    first, second = ([point.split(",") for point in line["points"].split()] for line in chart.select("polyline.line"))
    assert len(first) + len(second) == len(MONTHS) - len(HOLE)


def test_the_table_behind_a_chart_holds_its_numbers_newest_first():
    figure = soup("alpha.html").select_one("#speed")
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in figure.select("tbody tr")]

    assert figure.select_one("caption").get_text() == "Speed Score of Alpha"
    assert len(rows) == len(MONTHS)
    assert rows[0][:2] == ["2024-05-01", "8.29"]
    assert rows[0][4:] == ["2024.1", "final"]
    assert [row for row in rows if row[0] == "2022-06-01"] == [
        ["2022-06-01", "-", "-", "-", "2023.1", "withheld, coverage 30%"]
    ]


def test_each_figure_tells_its_source_and_day_and_how_it_was_thinned():
    figure = soup("alpha.html").select_one("#figure-github-stars")

    assert [one.get_text() for one in figure.select(".source")] == [
        "29,482 accounts on 2024-03-30, github", "The last value of each month.",
    ]  # fmt: skip
    assert len(figure.select("tbody tr")) == 40
    assert [link["href"] for link in figure.select(".get a")] == ["data/alpha.figures.csv", "data/alpha.figures.json"]


def test_a_figure_over_time_is_told_as_its_card_tells_it():
    told = {"alpha": figures("alpha", "github.issue_close_30d", 0.4)}
    page = soup("alpha.html", files_of([site([full(9, "alpha")], figures=told)]))

    assert page.select_one("#figure-github-issue_close_30d .source").get_text() == "59 % on 2024-03-30, github"


def test_a_score_that_was_withheld_a_week_ago_is_told_so_and_not_as_a_dash():
    before = history("omega").with_columns(subject=pl.lit("alpha"), ecosystem=None)
    files = files_of([site([full(9, "alpha")], scores={"alpha": before})])

    entry = ET.fromstring(files["feed.atom"]).find(f"{ATOM}entry")  # noqa: S314
    assert entry.findtext(f"{ATOM}title") == "Alpha: withheld to 9.37"
    assert entry.findtext(f"{ATOM}summary").startswith("Ecosystem health withheld to 9.0.")
    row = soup("changes.html", files).select_one("tbody tr")
    assert [cell.get_text() for cell in row.select("td")][:3] == ["withheld", "9.37", "now published"]


def test_scores_of_two_decimals_say_that_they_are_not_rounded_yet():
    assert "before rounding" in soup("changes.html").select_one("caption").get_text()
    assert "before rounding" in soup("alpha.html").select_one("#speed .source").get_text()
    assert "before rounding" in soup("compare.html").select_one(".source").get_text()


def test_an_archive_that_ended_says_where_and_is_not_joined_to_its_successor():
    page = soup("alpha.html")

    ended, living = page.select_one("#share-pwc-neurips"), page.select_one("#share-papers-neurips")
    assert "Ends with 2024: the archive was frozen in July 2025." in ended.get_text()
    assert "frozen" not in living.get_text()
    assert [row.get_text() for row in living.select("tbody th")] == ["2024", "2023"]


def test_what_moved_a_score_sums_to_the_difference():
    rows = [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in soup("alpha.html").select(".fall tbody tr")
    ]

    assert rows[0][1:3] == ["1 account", "2 accounts"]
    assert [(row[0], row[-1]) for row in rows] == [("stars", "+0.120"), ("forks", "-0.050"), ("Sum", "+0.070")]


def test_a_subject_of_which_nothing_is_known_has_a_page_that_says_so():
    page = soup("omega.html", files_of([site([empty("omega")], scores={}, figures={}, shares={})]))

    assert "No score is kept yet of any dimension" in page.get_text()
    assert page.select("svg.chart") == []


def test_the_week_tells_scores_figures_and_landings():
    text = soup("changes.html").get_text(" ")

    assert "+20.0 %" in text
    assert "2024-04-20 to 2024-04-30" in text
    assert "1,234" in text
    page = soup("changes.html")
    moved = {row.select_one("th").get_text(): row for row in page.select("table")[0].select("tbody tr")}
    assert set(moved) == {"Alpha", "Beta", "Gamma", "Lib"}
    assert moved["Alpha"].select("td")[0].get_text() == "8.19"


def test_a_quiet_week_says_so():
    page = soup("changes.html", files_of([site(scores={}, moved=[], quality=Quality())]))

    assert len(page.select(".empty")) == 3


def test_data_quality_says_what_is_fresh_what_is_missing_and_what_looked_wrong():
    text = " ".join(soup("quality.html").get_text(" ").split())

    assert "github 2024-04-30 0 1,234 0" in text
    assert "discord - never 0 3 invite expired" in text
    assert "1 cell got no answer when it was last asked for" in text
    assert "Alpha stars github rate limited 2024-04-29 can be recovered" in text
    assert "2023-02-01 Alpha stars github quarantined a counter fell from 2 to 1" in text
    assert "Alpha stars expired to be reviewed by 2024-04-01 github 2024-04-02" in text


def test_every_page_of_a_demo_says_so():
    files = files_of([site([replace(card, label="DEMO") for card in cards()], label="DEMO")])

    assert [
        name
        for name, text in files.items()
        if name.endswith((".html", ".atom", ".svg")) and not name.startswith("assets/") and "DEMO" not in text
    ] == []
    assert "DEMO" in files["CITATION.cff"] + files["citation.bib"]


def test_hostile_words_are_only_text_everywhere():
    card = replace(full(9, "alpha"), name=HOSTILE)
    events = [{**row, "detail": HOSTILE, "figure": HOSTILE, "source": HOSTILE} for row in site().quality.events]
    reviews = [{**row, "detail": HOSTILE} for row in site().quality.reviews]
    figures = {"alpha": site().figures["alpha"].with_columns(source=pl.lit(HOSTILE))}
    files = files_of([site([card], quality=Quality(events=events, reviews=reviews), figures=figures)])

    for name, content in files.items():
        if name.endswith(".html"):
            page = soup(name, files)
            assert page.select("script:not([src]), [onerror], img[src=x]") == [], name
        elif name.endswith((".svg", ".atom")):
            assert "<script>" not in content
            ET.fromstring(content)  # noqa: S314 - our own
    assert "</script>" not in files["data/alpha.js"]
    assert HOSTILE in soup("alpha.html", files).select_one("h1").get_text()


def test_a_site_without_subjects_has_its_pages():
    files = files_of([site([])])

    assert "index.html" in files
    assert not [name for name in files if name.startswith(("badges/", "data/"))]


def test_a_subject_called_like_a_page_of_the_site_keeps_its_own():
    files = files_of([site([full(9, "compare")])])

    assert page_of("compare") == "compare-.html"
    assert "Two to five subjects" in files["compare.html"]
    assert '<a href="compare-.html">Compare</a>' in files["index.html"]


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_the_whole_history_is_there_in_three_forms(form):
    content = BytesIO(found()[f"data/scores.{form}"] if form == "parquet" else found()[f"data/scores.{form}"].encode())
    rows = {"parquet": pl.read_parquet, "csv": pl.read_csv, "json": pl.read_json}[form](content)

    assert rows.height == 5 * len(MONTHS)
    assert rows.filter(subject="alpha")["speed_raw"].drop_nulls().len() == len(MONTHS) - len(HOLE)


def test_badges_say_the_score_or_that_it_is_withheld():
    assert json.loads(found()["badges/alpha.json"]) == {
        "schemaVersion": 1, "label": "speed score", "message": "9.4", "color": "15803d",
    }  # fmt: skip
    assert json.loads(found()["badges/omega.json"])["message"] == "withheld"
    assert ET.fromstring(found()["badges/alpha.svg"]).get("aria-label") == "speed score: 9.4"  # noqa: S314


def test_a_score_that_may_rise_is_at_least_so_much_on_the_board_in_badges_and_beside_others():
    partly = full(7.5, "alpha", but=("github.forks",), is_floor=True)
    files = files_of([site([partly, empty("omega")])])

    assert partly.said("ecosystem").startswith("at least ")
    row = soup("index.html", files).select_one("tr[data-name^=alpha]")
    assert row.select("td")[1].get_text(" ").startswith(f"{partly.said('ecosystem')} ")
    assert row.select("td")[2].get_text(" ").startswith("7.5 ")
    assert json.loads(files["badges/alpha.json"])["message"] == "at least 7.5"
    assert told_of("alpha", files)["said"]["ecosystem"].startswith(f"{partly.said('ecosystem')} (")
    assert soup("alpha.html", files).select_one("#ecosystem .source").get_text().startswith("at least ")


def test_the_ends_of_a_range_are_rounded_once_wherever_they_stand():
    shown = replace(
        full(7.5, "alpha"), interval={"lo": 7.3505, "hi": 7.9496, "confidence": "A", "reason": "", "median": 7.5}
    )
    files = files_of([site([shown])])

    assert soup("index.html", files).select_one("tr[data-name^=alpha] td small").get_text() == "7.4 to 7.9"
    assert told_of("alpha", files)["said"]["speed"] == "7.5 (7.4 to 7.9)"


def test_what_is_withheld_is_said_so_beside_others():
    assert set(told_of("omega", found())["said"].values()) == {"withheld"}


def test_the_feed_is_an_atom_feed_of_what_changed():
    feed = ET.fromstring(found()["feed.atom"])  # noqa: S314

    titles = [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]
    assert "Alpha: 8.19 to 9.37" in titles
    assert "alpha: stars, quarantined" in titles
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)


def test_the_site_says_how_to_cite_it():
    assert 'title: "Speed Scores as of 2024-05-01"\n' in found()["CITATION.cff"]
    assert "@misc{speedscore20240501," in found()["citation.bib"]
    assert "  year = {2024},\n  month = apr," in found()["citation.bib"]
    assert "date-released: 2024-04-30\n" in found()["CITATION.cff"]


def test_what_the_page_of_comparisons_reads_is_the_history():
    told = told_of("alpha", found())

    assert told["name"] == "Alpha"
    assert len(told["days"]) == len(told["lines"]["speed"]) == len(MONTHS)
    assert told["lines"]["speed"][HOLE[0]] is None
    assert told["days"][0] == int((datetime(2021, 5, 1) - datetime(1970, 1, 1)).total_seconds())


def test_the_same_facts_give_the_same_bytes():
    assert files_of([site()]) == found()
