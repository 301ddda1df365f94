"""A README says at its top that the project has ended; what it says further down is about parts."""

import pytest

from collectors.liveness.notice import READ, notice, opening


@pytest.mark.parametrize(
    ("readme", "found"),
    [
        ("# ⚠️ Notice: Limited Maintenance\n\nFine.", "⚠️ Notice: Limited Maintenance"),
        ("# One\n\nThis project is no\nlonger maintained. Bye.", "This project is no longer maintained."),
        ("# One\n\nIt is no longer actively maintained.", "It is no longer actively maintained."),
        ("**One has been replaced by [Two](https://x/two).**", "One has been replaced by Two."),
        ("# One\n\nPlease use [Two](https://x) instead!\n", "Please use Two instead!"),
        ("# NOTICE:\n\n## This repository has been archived\n\nx", "This repository has been archived"),
        ("> [!WARNING]\n> One is\n> **deprecated**.", "One is deprecated."),
        ('<div align="center"><h1>One</h1><h4>⚠️ ARCHIVED ⚠️</h4></div>\n\nText', "⚠️ ARCHIVED ⚠️"),
        ("One\n===\n\nOne is retired.\n\nUsage\n-----\n", "One is retired."),
        ("[![badge](https://x/y.svg)](https://x)\r\n# One\r\n\r\nDEPRECATED", "DEPRECATED"),
    ],
)
def test_a_notice_is_the_sentence_that_says_so(readme, found):
    assert notice(readme) == found


@pytest.mark.parametrize(
    "readme",
    [
        "",
        "# One\n\nFast and alive.\n",
        "# One\n\nFine.\n\n## Use\n\nThe old API is deprecated.\n\n## Archived releases\n",
        "# One\r\rFine.\r\r## Use\r\rThe old API is deprecated.\r\r## Archived releases\r",
        "\ufeff# One\n\nFine.\n\n## Use\n\nThe old API is deprecated.\n\n## Archived releases\n",
        "# One\n```\ndeprecated = True\n```\nFine.",
        "# One\n<!-- This is no longer maintained -->\nFine.",
        "# One\n\n<code>deprecated</code> Fine.",
        "# One\n\n![retired](https://x/archived.png) [Fine](https://x/archived)",
        "# One\n\nThe archiver keeps undeprecated things.",
        "word " * 500 + "deprecated",
        "docs/README.md",
    ],
)
def test_parts_code_pictures_and_addresses_are_no_notice(readme):
    assert notice(readme) is None


@pytest.mark.parametrize(
    "readme",
    ["<div>" * 20_000, "<h1>" * 20_000, "<a " * 30_000, "<!--" * 25_000, "<" * 100_000],
    ids=["nested blocks", "nested titles", "tags without end", "comments without end", "brackets"],
)
def test_a_readme_is_read_no_further_than_a_notice_may_stand(readme, monkeypatch):
    read: list[int] = []
    monkeypatch.setattr("collectors.liveness.notice.visible_text", lambda text, *_: read.append(len(text)) or "")

    assert notice(f"{readme}deprecated") is None
    assert read == [READ]


def test_a_bracket_that_begins_no_tag_hides_nothing():
    assert notice("# One\n\n<b>Fine</b> for x < 3, but deprecated.") == "Fine for x < 3, but deprecated."


def test_what_is_longer_than_a_line_is_cut():
    assert len(notice("deprecated " * 50) or "") == 200


def test_the_opening_is_what_a_reader_sees_first():
    readme = "<h1>One</h1>\n<p>Two <b>three</b></p>\n\n## Four\nfive"

    assert opening(readme).split() == ["One", "Two", "three", "Four"]
