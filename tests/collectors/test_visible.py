"""What a reader sees of HTML is read tag by tag; nothing that a page nests or leaves open takes the square of its length."""

import pytest

from collectors.evidence.words import text_of
from collectors.transport.archive import Answer
from collectors.visible import visible_text
from tests.collectors.loopback import MAY_DAY


@pytest.mark.parametrize("tag", ["div", "b", "h1"])
def test_tags_nested_beyond_all_depth_are_read_one_by_one(tag):
    page = f"<{tag}>" * 20_000 + "Two" + f"</{tag}>" * 20_000

    assert seen(page).strip() == "Two"
    assert (
        text_of(Answer("https://x.test", 200, {"content-type": "text/html"}, page.encode(), MAY_DAY)).strip() == "Two"
    )


def test_ends_of_what_was_never_opened_are_nothing():
    assert seen("<div>" * 20_000 + "One" + "</span>" * 20_000 + "</div> two").split() == ["One", "two"]


def test_an_element_that_is_never_closed_ends_with_the_one_around_it():
    assert seen("<div>One <code>two</div> three").split() == ["One", "three"]


def test_marks_stand_before_and_after_what_is_seen_and_nowhere_else():
    marked = visible_text("<i>a</i><code><i>hidden</i></code><br>b", {"code"}, lambda _: "[", lambda _: "]")

    assert marked == "[a][][b"


def seen(page):
    return visible_text(page, {"code"}, lambda _: " ", lambda _: " ")
