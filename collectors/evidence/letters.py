"""The text that the bytes of an answer hold, whatever its header says of their letters; what is no text is refused."""

import codecs
import json
import re

from collectors.errors import ChangedError
from collectors.transport.archive import Answer
from collectors.transport.status import bare

CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)")
ESCAPED = re.compile(r'(?:\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt]))+')
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
MARKS = {  # the longer one of two that begin alike first
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
PDF = b"%PDF-"
LONGEST = 8 * 2**20
"""More bytes than any page has that people read; to look for words in many such files at once takes gigabytes."""
LOOKED_AT = 100_000
MOST_CONTROL = 0.01
OF_THE_WEB = "cp1252"


class NoTextError(ChangedError):
    """What an address answers is no text, such as a PDF: whoever keeps the fact reads it, or names a page."""

    next_step = "read it with your own eyes, or let the fact quote a page of text"


def text_in(answer: Answer) -> tuple[str, bool]:
    """Return the text of an answer, and whether it is HTML; raise NoTextError for what is no text."""
    if len(answer.body) > LONGEST:
        raise NoTextError(f"{bare(answer.url)} has {len(answer.body):,} bytes, more than any page that people read")
    kind = answer.headers.get("content-type", "html").lower()
    is_page, told = "html" in kind, CHARSET.search(kind)
    text = _decoded(answer.body, told[1] if told else None, is_page=is_page)
    some = text[:LOOKED_AT]
    if PDF in answer.body[:1024] or len(CONTROL.findall(some)) > MOST_CONTROL * len(some):
        raise NoTextError(f"{bare(answer.url)} is no text but {kind.partition(';')[0]}")
    return (ESCAPED.sub(_unescaped, text) if "json" in kind else text), is_page


def _decoded(body: bytes, told: str | None, *, is_page: bool) -> str:
    """Return what bytes say, as far as it can be read: a mark at their beginning, then UTF-8 that fits, is believed.

    A header may lie, and one byte that is odd costs none of the others. Nobody guesses at the letters of what is no
    page: of a large file that would take long.
    """
    for mark, letters in MARKS.items():
        if body.startswith(mark):
            return body.decode(letters, errors="replace")
    text = body.decode(errors="replace")
    lost = text.count("\ufffd")
    if len(text) - len(text.encode("ascii", errors="ignore")) > 2 * lost:
        return text
    if is_page and body:
        return _guessed(body, told)
    try:
        return body.decode(told or OF_THE_WEB, errors="replace")
    except (LookupError, ValueError):  # letters that nobody knows, or that are no letters
        return text


def _guessed(body: bytes, told: str | None) -> str:
    from bs4.dammit import UnicodeDammit

    return UnicodeDammit(body, [told] if told else [], is_html=True).unicode_markup or ""


def _unescaped(found: re.Match[str]) -> str:
    return str(json.loads(f'"{found[0]}"'))
