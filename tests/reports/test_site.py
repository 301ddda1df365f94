"""The site ranks the subjects and has a page and a file for each."""

import json
import re
from dataclasses import replace
from datetime import datetime

from reports.site import pages
from tests.reports.builders import empty, full, seed

AS_OF = datetime(2024, 5, 1)
STATUS = [
    {"source": "github", "newest": datetime(2024, 4, 30, 2), "missing": 0, "why": None},
    {"source": "discord", "newest": None, "missing": 3, "why": "invite_expired"},
]


def test_there_is_an_index_and_two_files_for_each_subject():
    found = pages([full(5, "alpha"), full(7.5, "beta")], AS_OF, STATUS)

    assert list(found) == ["index.html", "card.schema.json", "beta.html", "beta.json", "alpha.html", "alpha.json"]
    assert json.loads(found["beta.json"])["subject"] == "beta"


def test_the_best_score_stands_first_and_the_withheld_last():
    cards = [empty("omega"), full(5, "alpha"), full(10, "beta"), full(7.5, "gamma")]

    assert ranked(cards) == ["beta", "gamma", "alpha", "omega"]


def test_a_score_of_nought_stands_above_none():
    assert ranked([empty("omega"), full(0, "nought")]) == ["nought", "omega"]


def test_equal_scores_stand_by_coverage_then_by_name():
    thin = full(7.5, "alpha", but=("github.forks",))

    assert ranked([thin, full(7.5, "gamma"), full(7.5, "beta")]) == ["beta", "gamma", "alpha"]


def test_of_the_withheld_the_best_covered_stands_first():
    half = full(
        7.5, "half", but=("github.stars", "github.contributors", "github.commits_week", "github.issue_close_30d")
    )

    assert ranked([empty("nothing"), half]) == ["half", "nothing"]


def test_the_index_says_what_is_fresh_and_what_is_missing_and_why():
    index = pages([seed()], AS_OF, STATUS)["index.html"]

    assert '<td>github</td><td>2024-04-30</td><td class="n">0</td><td></td>' in index
    assert '<td>discord</td><td>-</td><td class="n">3</td><td>invite_expired</td>' in index
    assert "As of 2024-05-01 00:00 UTC." in index


def test_every_page_of_a_demo_says_so():
    found = pages([replace(seed(), label="DEMO")], AS_OF, STATUS)

    assert [name for name, text in found.items() if "DEMO" not in text] == []


def test_a_hostile_name_is_only_text_in_the_index():
    found = pages([replace(seed(), name="<script>alert(1)</script>")], AS_OF, [])

    assert "<script" not in found["index.html"] + found["pytorch.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found["index.html"]


def test_a_site_without_subjects_is_an_index():
    assert list(pages([], AS_OF, [])) == ["index.html", "card.schema.json"]


def ranked(cards) -> list[str]:
    """Return the subjects in the order of the index."""
    return re.findall(r'<td><a href="(\w+)\.html">', pages(cards, AS_OF, STATUS)["index.html"])
