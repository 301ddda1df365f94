"""A card says in Markdown, JSON and HTML what was scored, so that a reader can do it again."""

import json
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser

import pytest

from reports.card import as_html, as_json, as_markdown, day, figure
from tests.reports.builders import empty, full, seed
from tests.scoring.builders import CRITERIA

SEED_HEAD = """\
# PyTorch

**Speed Score 9.0** [8.96, 8.96] · final · as of 2024-01-31 · rubric 2024.1 · coverage 100%

| Dimension | Score | Interval | Coverage | Verdict |
|---|---|---|---|---|
| Ecosystem health | 9.5 | 9.48 to 9.48 | 100% | Extremely strong |
| Production maturity | 8.5 | 8.50 to 8.50 | 100% | Strong |
| Research adoption | 9.8 | 9.77 to 9.77 | 100% | Extremely strong |
| Learning curve | 9.0 | 9.03 to 9.03 | 100% | Strong |
| Performance | 8.0 | 8.04 to 8.04 | 100% | Solid |

Speed Score: (9.5 + 8.5 + 9.8 + 9.0 + 8.0) / 5 = 8.96 -> 9.0

measured 0% | derived 0% | curated 100% (oldest curated 2024-01-15)
"""
HOSTILE = "<script>alert('x')</script> & \"Co\""


def test_the_seed_card_reads_as_it_was_written():
    assert as_markdown(seed()).startswith(SEED_HEAD)


def test_the_seed_card_shows_every_figure_with_its_mark():
    lines = as_markdown(seed()).splitlines()

    assert sum("| seed card |" in line for line in lines) == len(CRITERIA)
    assert any(line.endswith("| 77,000 accounts | 9.6 | 0.241 | 2024-01-15 | seed card |") for line in lines)
    assert any("| good | 7.5 |" in line for line in lines)
    assert any("| present | 10.0 |" in line for line in lines)


def test_the_channel_that_does_not_count_shows_its_mark_and_no_points():
    assert any("| 50,000 accounts | 9.0 | 0.000 |" in line for line in as_markdown(seed()).splitlines())


@pytest.mark.parametrize(
    ("write", "mark", "name"),
    [(as_markdown, "> **DEMO**: invented figures", "# PyTorch"), (as_html, "<b>DEMO</b>: invented figures", "<h1>")],
    ids=["Markdown", "HTML"],
)
def test_a_labelled_card_says_so_before_its_name(write, mark, name):
    text = write(replace(seed(), label="DEMO"))

    assert 0 <= text.find(mark) < text.find(name)


def test_a_labelled_card_says_so_to_machines():
    assert json.loads(as_json(replace(seed(), label="DEMO")))["label"] == "DEMO"


@pytest.mark.parametrize("write", [as_markdown, as_html], ids=["Markdown", "HTML"])
def test_a_card_without_a_label_has_no_mark(write):
    assert "invented" not in write(seed())
    assert "DEMO" not in write(seed())


def test_a_withheld_card_gives_the_reason_instead_of_a_number():
    missing = ("github.stars", "github.contributors", "github.commits_week", "github.issue_close_30d")

    text = as_markdown(full(7.5, but=missing))

    assert "**Speed Score n/a** · withheld · as of 2024-05-01" in text
    assert "Speed Score: withheld: n/a (4 of 5): coverage ecosystem 50%" in text
    assert "| Ecosystem health | n/a | 3.75 to 8.75 | 50% | Not rated |" in text
    assert "| Production maturity | 7.5 | 7.50 to 7.50 | 100% | Solid |" in text


@pytest.mark.parametrize("write", [as_markdown, as_html, as_json], ids=["Markdown", "HTML", "JSON"])
def test_a_card_of_which_nothing_is_known_can_be_written(write):
    text = write(empty())

    assert "nothing is known" in text
    assert "missing" in text
    assert "n/a (0 of 5)" in text


def test_a_missing_figure_is_a_word_not_a_zero():
    text = as_markdown(full(7.5, but=("github.forks",)))

    assert text.count("| - | missing | 0.000 | - | - |") == 1


def test_a_card_learned_in_hindsight_says_so():
    hindsight = replace(seed(), score=seed().score | {"is_reconstructed": True})

    assert "Reconstructed: some inputs became known long after they were true." in as_markdown(hindsight)
    assert "Reconstructed" not in as_markdown(seed())


def test_the_card_for_machines_has_the_same_numbers():
    found = json.loads(as_json(seed()))

    assert found["name"] == "PyTorch"
    assert found["score"]["speed_score"] == 9.0
    assert found["score"]["speed_raw"] == seed().score["speed_raw"]
    assert found["score"]["as_of"] == "2024-01-31T00:00:00"
    assert found["calculation"] == "(9.5 + 8.5 + 9.8 + 9.0 + 8.0) / 5 = 8.96 -> 9.0"
    assert {row["dimension"]: row["score"] for row in found["dimensions"]} == {
        "ecosystem": 9.5,
        "production": 8.5,
        "research": 9.8,
        "learning": 9.0,
        "performance": 8.0,
    }
    assert sum(figure["points"] for row in found["dimensions"] for figure in row["figures"]) == pytest.approx(
        found["score"]["speed_raw"], abs=1e-9
    )


def test_the_card_for_machines_leaves_nothing_as_null():
    found = json.loads(as_json(empty()))

    assert found["score"]["speed_score"] is None
    assert found["dimensions"][0]["figures"][0]["value"] is None


def test_what_has_no_place_in_a_card_is_refused():
    with pytest.raises(TypeError, match="has no place in a card"):
        as_json(replace(seed(), score={**seed().score, "odd": object()}))


def test_a_hostile_name_is_only_text_in_a_page():
    page = as_html(replace(seed(), name=HOSTILE, label="<b>DEMO</b>"))

    assert "<script" not in page
    assert "<b><b>" not in page
    assert headline(page) == HOSTILE


def test_a_page_needs_nothing_else():
    page = as_html(seed())

    assert "src=" not in page
    assert "http" not in page
    assert page.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (None, "", "-"),
        (74_005.0, "accounts", "74,005"),
        (0.0, "accounts", "0"),
        (0.7812, "share", "0.781"),
        (70.71, "commits/week", "70.7"),
        (1234.56, "", "1,235"),
        (3.0, "level 0-4", "good"),
        (0.0, "0 or 1", "absent"),
        (1.0, "0 or 1", "present"),
        (2.5, "level 0-4", "2.5"),
        (9.0, "level 0-4", "9"),
        (-1.0, "0 or 1", "-1"),
    ],
)
def test_a_figure_reads_as_people_write(number, unit, text):
    assert figure(number, unit) == text


def test_a_day_is_written_in_the_order_that_sorts():
    assert day(datetime(2024, 1, 31, 5)) == "2024-01-31"
    assert day(None) == "-"


def headline(page: str) -> str:
    """Give the text of the first headline, as a browser reads it."""

    class Reader(HTMLParser):
        inside, text = False, ""

        def handle_starttag(self, tag, attrs):
            self.inside = tag == "h1"

        def handle_endtag(self, tag):
            self.inside = self.inside and tag != "h1"

        def handle_data(self, data):
            self.text += data if self.inside else ""

    reader = Reader()
    reader.feed(page)
    return reader.text
