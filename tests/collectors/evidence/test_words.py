"""Quoted words are found whatever their typography, and are missed where they are gone."""

import pytest

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


def answer(body: bytes, kind: str) -> Answer:
    return Answer("https://example.org/x", 200, {"content-type": kind}, body, MAY_DAY)
