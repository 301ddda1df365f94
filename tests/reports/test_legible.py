"""What is told quickly of printable text is what the expression says of every character."""

from markupsafe import Markup

from reports.legible import STEERING, legible


def test_the_quick_look_misses_no_character_that_steers():
    characters = [chr(number) for number in range(0x3100)]

    assert [legible(f"a{one}b") for one in characters] == [STEERING.sub("\ufffd", f"a{one}b") for one in characters]


def test_marked_up_text_stays_marked_up():
    found = legible(Markup("<b>a\x1bb</b>\n"))

    assert (found, type(found)) == ("<b>a\ufffdb</b>\n", Markup)
