"""Quoted words are found whatever their typography, and are missed where they are gone."""

import pytest

from collectors.evidence.letters import LONGEST, NoTextError
from collectors.evidence.words import stand, text_of
from collectors.transport.archive import Answer
from tests.collectors.loopback import MAY_DAY

PAGE = "Supported:\n TensorFlow Serving\n Triton “Inference” Server\nIt is 1.23 times as fast — by far."


@pytest.mark.parametrize(
    "quote",
    [
        "TensorFlow Serving",
        "tensorflow  serving",
        'Triton "Inference" Server',
        "Supported: Triton Inference Server",
        "Triton Inference Server, TensorFlow Serving",
        "TensorFlow Serving | Triton Inference Server",
        "It is 1.23 times as fast - by far",
        "It is 1.23 times … by far.",
    ],
)
def test_words_stand_whatever_their_typography(quote):
    assert stand(quote, PAGE)


@pytest.mark.parametrize(
    "quote",
    ["PyTorch Serving", "It is 1.24 times as fast", "Serving TensorFlow", "TensorFlow Serv", "Triton, OpenVINO"],
)
def test_other_words_do_not_stand(quote):
    assert not stand(quote, PAGE)


def test_what_a_reader_sees_is_read_and_what_scripts_hold_is_not():
    body = b"<p>Open<b>VINO</b> runs</p><table><tr><td>CPU</td><td>fast</td></tr></table><script>hidden</script>"
    text = text_of(answer(body, "text/html; charset=utf-8"))

    assert stand("OpenVINO runs", text)
    assert stand("CPU, fast", text)
    assert not stand("hidden", text)
    assert not stand("runsCPU", text)


def test_plain_text_is_read_as_it_is():
    assert text_of(answer(b"a < b and <c> stays", "text/plain")) == "a < b and <c> stays"


@pytest.mark.parametrize(
    "kind",
    ["text/plain; charset=iso-8859-1", "text/html;charset=ISO-8859-1", 'TEXT/HTML; Charset="latin-1"'],
)
def test_a_page_is_read_in_the_letters_that_it_says(kind):
    text = text_of(answer("<p>Größe des Café: 3</p>".encode("latin-1"), kind))

    assert stand("Größe des Café", text)
    assert ("<p>" in text) is kind.startswith("text/plain")


def test_letters_that_nobody_knows_are_read_as_far_as_they_go():
    assert stand("so it is", text_of(answer(b"\xff so it is", "text/plain; charset=martian")))


@pytest.mark.parametrize(
    "quote",
    ["1.2 times", "23 times as fast", "Serving 500 users", "500 users", "PyTorch 2.9 runs", "at 10:30"],
)
def test_a_figure_that_is_another_one_now_does_not_stand(quote):
    assert not stand(quote, "Serving 3 sites, 13,500 users: 1.23 times as fast. PyTorch 2.9.1 runs at 10:31, 4:30")
    assert stand(quote, f"now {quote}, then")


@pytest.mark.parametrize("quote", ["3.9,3.10,3.11", "3.9, 3.10,3.11", "3.11 : 3.9"])
def test_points_of_a_list_are_figures_of_their_own(quote):
    assert stand(quote, "Python 3.9, 3.10, 3.11")
    assert stand(quote, "Python 3.9,3.10,3.11")
    assert not stand(quote, "Python 3.10, 3.11")


@pytest.mark.parametrize("quote", ["", "\u2713", "... |"])
def test_a_quote_without_words_stands_nowhere(quote):
    assert not stand(quote, PAGE)


@pytest.mark.parametrize(
    "body",
    [
        "frame&shy;works don&rsquo;t stop",
        "frame<wbr>works don\u02bct stop",
        "frame\u200bworks don\u00b4t stop",
        "frame<var>works</var> <em>_don't_</em> stop",
    ],
)
def test_what_only_says_where_a_line_may_end_and_how_letters_look_makes_no_difference(body):
    assert stand("frameworks don't stop", text_of(answer(f"<p>{body}</p>".encode(), "text/html; charset=utf-8")))


@pytest.mark.parametrize(
    "kind", ["text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1", "text/plain"]
)
@pytest.mark.parametrize("odd", [b"", b"\xff"])
def test_one_odd_byte_and_a_header_that_lies_cost_no_words(kind, odd):
    body = "<meta charset=utf-8><p>It doesn\u2019t stop at Größe</p>".encode() + odd

    assert stand("It doesn't stop at Größe", text_of(answer(body, kind)))


@pytest.mark.parametrize("letters", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "text/html; charset=utf-8"])
def test_a_mark_at_the_beginning_tells_the_letters(kind, letters):
    assert stand("so it is, Größe", text_of(answer("<p>so it is, Größe</p>".encode(letters), kind)))


@pytest.mark.parametrize("letters", ["idna", "undefined", "base64"])
@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_letters_that_are_none_are_no_error(kind, letters):
    assert stand("so it is", text_of(answer(b"<p>so it is</p>", f"{kind}; charset={letters}")))


def test_what_json_escapes_is_read_as_it_is_meant():
    body = rb'{"summary": "it doesn\u2019t stop\nhere \ud83d\ude00 at \"home\""}'

    assert stand("it doesn't stop here", text_of(answer(body, "application/json")))


@pytest.mark.parametrize(
    "kind", ["application/pdf", "text/html", "application/octet-stream", "text/plain; charset=utf-8"]
)
@pytest.mark.parametrize("body", [b"%PDF-1.7\n" + b"1 0 obj << /Length 5 >> " * 50, bytes(range(256)) * 200])
def test_what_is_no_text_is_refused(kind, body):
    with pytest.raises(NoTextError, match=r"example.org/x is no text but "):
        text_of(answer(body, kind))


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "application/json"])
def test_what_is_larger_than_any_page_is_refused(kind):
    page = b"so it is " * (LONGEST // 9)

    assert stand("so it is", text_of(answer(page, kind)))
    with pytest.raises(NoTextError, match=r"example.org/x has 8,388,\d\d\d bytes"):
        text_of(answer(page + b"so it is ", kind))


def answer(body: bytes, kind: str) -> Answer:
    return Answer("https://example.org/x", 200, {"content-type": kind}, body, MAY_DAY)
