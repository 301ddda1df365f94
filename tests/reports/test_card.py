"""A card says in Markdown, JSON and HTML what was scored, so that a reader can do it again."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from jsonschema import Draft202012Validator

from reports.card import as_html, as_json, as_markdown, day, figure, schema
from reports.card_sentences import bar
from reports.legible import STEERING
from tests.reports.builders import among, empty, full, seed
from tests.scoring.builders import CRITERIA, answer, card, curated

SEED_HEAD = """\
# PyTorch

**Speed Score 9.0 of 10 · range 8.3 to 9.1 · state not known**

Lowest in performance (8.0), highest in research adoption (9.8). Whether it is still maintained is not known.

As of 2024-01-31 (the end of 2024-01-30, UTC) under rubric 2024.1: final, 100% of the figures known by weight.

**Strong**, the only one of its kind with a score.

The score uses the weights and goalposts as they stand; the range holds 9 of 10 results when figures, weights and goalposts are varied within reason.

| Dimension | Score | of 10 | Range | Known | Trend | In words |
|---|---|---|---|---|---|---|
| Ecosystem health | 9.5 | ██████████ | 9.0 to 9.8 | 100% | - | Extremely strong; best at: contributors |
| Production maturity | 8.5 | █████████░ | 7.2 to 9.0 | 100% | - | Production-ready with minor gaps (web deployment); best at: cloud deployment |
| Research adoption | 9.8 | ██████████ | 8.9 to 9.8 | 100% | - | Extremely strong; best at: trajectory of the venue shares |
| Learning curve | 9.0 | █████████░ | 7.7 to 9.5 | 100% | - | Strong; best at: community tutorials |
| Performance | 8.0 | ████████░░ | 6.9 to 8.8 | 100% | - | Solid with minor gaps (inference on TPU); best at: inference on GPU |

Words and bars use one scale for every project: 10 is about the size and pace of the largest frameworks.

## Quick Take

**Strengths**

- Ecosystem health is 9.5 of 10; there are too few others of its kind to compare.
- Research adoption is 9.8 of 10; there are too few others of its kind to compare.

**Weaknesses**

- Web deployment is rated limited.
- Inference on TPUs is rated fair.

**Best for**

- Research teams.
- Cloud-first deployment.
- Beginners.
- Long-lived products.

**Avoid if**

- Training speed at the largest scale decides.

Compared with nobody: that takes two other frameworks with a score. Not judged, because something is not known: Mobile or edge devices are the main target; Browsers are the main target.

## How it was counted

Speed Score: (9.5 + 8.5 + 9.8 + 9.0 + 8.0) / 5 = 8.96 -> 9.0

Confidence C (A is best, C lowest): for B it lacks: measured 0% of 40% (a fact on a watched repository by half). The middle of the drawn results is 8.7.

By weight: measured 0% | derived 0% | curated 100% (oldest 2024-01-15)
"""
ADDRESS, SHA = "https://api.example.org/repos/a/a?page=1", "0123456789ab" + "0" * 52
MONTH = timedelta(days=30.5)
VALIDATOR = Draft202012Validator(json.loads(schema()))
AUDIT = {
    "source": "seed card", "said": 8.96, "found": 8.8, "half_width": 0.3, "why": "commits are more",
    "cases": {"without a close rate": 8.92},
    "rows": [{"metric": "github.stars", "name": "stars", "said": "77K+", "measured": "74,433", "value": 74_433.0,
              "is_dropped": False, "is_verified": False, "source": "a tracker", "url": "https://example.org/a",
              "verdict": "3 % high"}],
}  # fmt: skip
HOSTILE = "<script>alert('x')</script> & \"Co\""


def test_the_seed_card_reads_as_it_was_written():
    assert as_markdown(seed()).startswith(SEED_HEAD)


@pytest.mark.parametrize("steering", ["\x1b]8;;http://x\x07", "\x9b31m", "\r", "\x00", "\x7f", "\u202e"])
def test_what_steers_reaches_no_form_of_a_card(steering):
    """Names come from strangers."""
    facts = replace(seed(), name=f"Py{steering}Torch", label=f"DE{steering}MO")

    for form in (as_markdown, as_html, as_json):
        assert not STEERING.search(form(facts))
    assert "# Py\N{REPLACEMENT CHARACTER}" in as_markdown(facts)
    assert json.loads(as_json(facts))["name"] == facts.name


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

    assert "**No Speed Score · state not known**" in text
    assert "Speed Score: withheld: n/a (4 of 5): coverage ecosystem 50%" in text
    assert "| Ecosystem health | n/a | ░░░░░░░░░░ | - | 50% | - | Not rated |" in text
    assert "| Production maturity | 7.5 | ████████░░ | 6.5 to 8.4 | 100% | - | Solid |" in text


@pytest.mark.parametrize("write", [as_markdown, as_html, as_json], ids=["Markdown", "HTML", "JSON"])
def test_a_card_of_which_nothing_is_known_can_be_written(write):
    text = write(empty())

    assert "nothing is known" in text
    assert "known" in text
    assert "n/a (0 of 5)" in text


def test_a_missing_figure_is_a_word_not_a_zero():
    text = as_markdown(full(7.5, but=("github.forks",)))

    assert text.count("| - | not known | 0.000 | - | - |") == 1


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
    with pytest.raises(TypeError, match="not JSON serializable"):
        as_json(replace(seed(), score={**seed().score, "odd": object()}))


def test_a_hostile_name_is_only_text_in_a_page():
    page = as_html(replace(seed(), name=HOSTILE, label="<b>DEMO</b>"))

    assert "<script" not in page
    assert "<b><b>" not in page
    assert headline(page) == HOSTILE


def test_a_page_needs_nothing_else():
    page = as_html(seed())

    assert page.startswith("<!doctype html>")
    assert not re.search(r"src=|@import|url\(|<link|<script", page)


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
    """Return the text of the first headline, as a browser reads it."""

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


def test_a_card_among_peers_says_where_it_stands_and_why():
    found = among([*card(9), *card(4, subject="beta"), *card(4, subject="gamma")], "alpha", "beta", "gamma")
    text = as_markdown(found)

    assert "most likely first of 3 frameworks (100 %)." in text
    assert (
        "Confidence A (A is best, C lowest): coverage 100%, measured 100% (a fact on a watched repository by half), half of the range 0.2"
        in text
    )
    assert "Compared with 2 other frameworks." in text
    assert ", the best of 3 frameworks; next is " in text


def test_a_card_that_is_not_first_says_its_place():
    found = among([*card(4), *card(9, subject="beta")], "alpha", "beta")

    assert found.standing == "most likely number 2 of 2 frameworks (100 %)"


def test_what_is_past_its_age_stands_in_a_banner():
    old = [*card(8, but=["github.stars"]), answer("github.stars", 50_000, datetime(2023, 6, 1))]

    assert "- **Not fresh**: stars (2023-06-01) is past its age" in as_markdown(among(old, "alpha"))
    assert "<b>Not fresh</b>: stars (2023-06-01) is past" in as_html(among(old, "alpha"))
    assert json.loads(as_json(among(old, "alpha")))["stale"] == ["github.stars"]
    assert "Not fresh" not in as_markdown(seed())


def test_what_a_figure_past_its_age_still_counts_is_said_where_it_counts():
    old = among([*card(8, but=["github.stars"]), answer("github.stars", 50_000, datetime(2023, 6, 1))], "alpha")

    assert old.notices["not_fresh"].endswith(" is past its age and does not count as known.")
    assert (
        replace(old, is_floor=True)
        .notices["not_fresh"]
        .endswith(
            " is past its age and does not count as known; its last mark counts at most as the mean of its group."
        )
    )


def test_the_line_of_provenance_counts_what_has_expired():
    judged = [curated("curated.cloud", 4, datetime(2023, 1, 1), valid_until=datetime(2023, 7, 1)),
              curated("curated.web", 3, datetime(2024, 3, 1))]  # fmt: skip
    found = among([*card(8, but=["curated.cloud", "curated.web"]), *judged], "alpha")

    assert found.provenance == "measured 97% | derived 0% | curated 3% (oldest 2024-03-01, 1 expired)"


def test_a_month_without_a_move_is_no_material_change_and_a_leap_is_one():
    steady = among([*card(6, on=datetime(2024, 3, 20)), *card(6)], "alpha")
    leap = among([*card(3, on=datetime(2024, 3, 25)), *card(8)], "alpha")

    assert steady.last_month == "no material change (+0.00 since 2024-04-01)"
    assert leap.last_month.startswith("+5.00 since 2024-04-01")
    assert "Last month: +5.00 since" in as_markdown(leap)


def test_the_trend_of_six_months_is_told():
    rising = [one for month in range(1, 13) for one in card(3 + month / 4, on=datetime(2023, 4, 24) + month * MONTH)]
    found = among(rising, "alpha")

    assert found.course.startswith("growing, +1.88 a year over 12 months")
    assert "Trend: growing, +1.88" in as_markdown(found)
    assert "| growing |" in as_markdown(found)
    assert as_html(found).count("<polyline") == 1


@pytest.mark.parametrize("kind", ["seed", "full", "among", "empty", "withheld", "evidence", "audit"])
def test_the_card_for_machines_keeps_its_schema(kind):
    peers = [*card(9), *card(4, subject="beta"), *card(4, subject="gamma")]
    cards = {
        "seed": seed,
        "full": lambda: full(7.5, label="DEMO"),
        "among": lambda: among(peers, "alpha", "beta", "gamma"),
        "empty": empty,
        "withheld": lambda: full(7.5, but=tuple(row["metric"] for row in card(5) if row["metric"].startswith("pwc."))),
        "evidence": with_evidence,
        "audit": lambda: replace(seed(), audit=AUDIT),
    }

    assert [fault.message for fault in VALIDATOR.iter_errors(json.loads(as_json(cards[kind]())))] == []


def test_the_schema_is_a_schema_and_refuses_another_card():
    Draft202012Validator.check_schema(json.loads(schema()))
    told = json.loads(as_json(seed()))

    assert list(VALIDATOR.iter_errors(told | {"word": "good"}))
    assert list(VALIDATOR.iter_errors(told | {"score": told["score"] | {"speed_score": 11}}))


def test_a_figure_leads_to_the_request_that_brought_it():
    page, text = as_html(with_evidence()), as_markdown(with_evidence())

    assert f'<a href="{ADDRESS}" rel="nofollow">github</a>' in page
    assert f"<code>sha256 {SHA}</code>" in page
    assert "Run <code>20240430T020000-nightly-1</code>, known since 2024-04-30 02:00:00 UTC." in page
    assert f"| [github]({ADDRESS}) |" in text
    assert SHA[:12] not in text


def test_a_figure_that_is_computed_says_from_what():
    page = as_html(with_evidence(via="github.stars_gained_1d"))

    assert "Computed from what was asked for <code>github.stars_gained_1d</code>. Asked: <a" in page
    assert "Computed from what" not in as_html(with_evidence())


def test_an_address_that_is_none_of_the_web_is_only_text():
    hostile = with_evidence(url="javascript:alert(1)")

    assert 'href="javascript' not in as_html(hostile)
    assert "](javascript" not in as_markdown(hostile)


def test_a_curated_figure_shows_what_was_measured_beside_it():
    beside = {"value": 74_433.0, "valid_at": datetime(2024, 1, 15), "source": "github-ranking", "url": None}
    figures = [row | {"beside": beside if row["metric"] == "github.stars" else None} for row in seed().figures]
    found = replace(seed(), figures=figures)

    assert "seed card; measured 74,433 accounts (2024-01-15, github-ranking)" in as_markdown(found)
    assert "measured 74,433 accounts (2024-01-15, github-ranking)" in as_html(found)


def test_an_audit_stands_beside_the_card_that_it_is_about():
    unscored = {**AUDIT, "said": None, "cases": dict.fromkeys(AUDIT["cases"])}
    assert "Seed card withheld, re-measured" in as_markdown(replace(seed(), audit=unscored))
    for text in (as_markdown(replace(seed(), audit=AUDIT)), as_html(replace(seed(), audit=AUDIT))):
        assert "Seed card 8.96, re-measured 8.8 +- 0.3 (8.92 without a close rate): commits are more." in text
    assert "| stars | 77K+ | 74,433 | 3 % high (not verified) | [a tracker](https://example.org/a) |" in as_markdown(
        replace(seed(), audit=AUDIT)
    )


def test_what_backs_a_capability_has_a_state_and_no_mark_of_its_own():
    text = as_markdown(among([*card(8), answer("liveness.mobile", 1)], "alpha"))

    assert "| what stands behind mobile deployment | declining | - | -0." in text
    assert "- Mobile deployment is needed: what stands behind it is declining" in text


def test_every_table_of_a_page_names_its_columns_and_its_rows():
    page = as_html(seed())

    assert page.count("<th") == page.count('scope="col"') + page.count('scope="row"') + page.count("<thead")
    assert '<html lang="en">' in page


def with_evidence(**more):
    """The full card of alpha, of which the stars were asked for."""
    row = {"subject": "alpha", "metric": "github.stars", "observed": "github.stars", "method": "snapshot",
           "definition": "stars@1", "lo": None, "hi": None, "n": None, "url": ADDRESS, "raw_sha256": SHA,
           "run_id": "20240430T020000-nightly-1", "known_at": datetime(2024, 4, 30, 2), "quote": None,
           "review_by": None, "via": None} | more  # fmt: skip
    found = full(7.5)
    figures = [one | {"evidence": row if one["metric"] == "github.stars" else None} for one in found.figures]
    return replace(found, figures=figures)


def test_weights_that_sum_to_a_hair_above_one_are_a_whole_for_machines():
    found = full(7.5)
    dimensions = {name: {**row, "coverage": 1.0000000000000002} for name, row in found.dimensions.items()}

    told = json.loads(as_json(replace(found, dimensions=dimensions)))

    assert list(VALIDATOR.iter_errors(told)) == []


LIVES = {
    "state": "archived",
    "since": None,
    "headline": "archived",
    "sentence": "Its owner has archived the repository.",
}


def test_an_ended_project_shows_what_is_left_and_neither_strengths_nor_uses():
    found = among([*card(9), *card(4, subject="beta"), *card(4, subject="gamma")], "alpha", "beta", "gamma")
    take = {**found.take, "left": found.take["strengths"], "strengths": [], "best_for": []}
    ended = as_markdown(replace(found, take=take, lifecycle=LIVES))

    assert "**Speed Score 9.4 of 10 · range 8.8 to 9.4 · archived**" in ended
    assert "**What is left of use**" in ended
    assert "**Strengths**" not in ended
    assert "**Best for**" not in ended
    assert "**In its favour, if it is still maintained**" in as_markdown(replace(found, take=take))


def test_a_floor_and_its_range_are_told_apart():
    partly = full(7.5, but=("github.forks",), is_floor=True)

    assert "at least 7.5 of 10" in partly.first_line
    assert "may therefore begin below it" in as_markdown(partly)
    assert partly.why.startswith("Lowest in ecosystem health (at least 7.5)")
    assert "at least" not in as_markdown(full(7.5)).split("## How")[0]


def test_a_library_is_told_that_words_are_made_for_frameworks():
    text = as_markdown(replace(full(7.5), kind="library"))

    assert "**Solid** on the scale of frameworks" in text
    assert "not how good it is among libraries; the comparisons below are with other libraries only." in text


def test_a_card_of_which_too_little_is_known_says_so_once():
    text = as_markdown(empty())

    assert "There is no score, because too little is known of all five dimensions." in text
    assert text.count("Too little is known") == 1
    assert "**Strengths**" not in text


@pytest.mark.parametrize(("score", "cells"), [(6.5, 7), (7.5, 8), (8.5, 9), (9.5, 10), (8.4, 8), (0.0, 0), (None, 0)])
def test_a_bar_rounds_half_up_as_scores_do(score, cells):
    assert bar(score).count("\u2588") == cells


def test_where_there_is_nobody_to_compare_with_nothing_is_said_of_peers():
    alone = replace(full(7.5), take={**full(7.5).take, "strengths": [], "weaknesses": [], "peers": 0})

    assert "Nothing can be said without others of its kind." in as_markdown(alone)
    assert "its peers" not in as_markdown(alone)
    assert "Nothing stands out from its peers." in as_markdown(replace(alone, take={**alone.take, "peers": 2}))
