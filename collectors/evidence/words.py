"""Whether quoted words stand on a page: white space, typography, case and punctuation make no difference."""

import re
import unicodedata

from collectors.transport.archive import Answer
from collectors.visible import visible_text

WORD = re.compile(r"\w+")
PAUSE = re.compile(r"[,;:|/•…()\n]|\.(?!\d)|\s[-–—]\s")  # noqa: RUF001 - the dashes of printed pages
CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)")
UNSEEN = ("script", "style", "template")
SMALL = ("abbr", "cite", "code", "kbd", "mark", "small", "sub", "sup")
INLINE = {"a", "b", "em", "font", "i", "s", "span", "strong", "u", *SMALL}


def text_of(answer: Answer) -> str:
    """Return what a reader sees of a page; only marks within a line hold words together."""
    from bs4.dammit import UnicodeDammit

    kind = answer.headers.get("content-type", "html").lower()
    told = CHARSET.search(kind)
    if "html" not in kind:
        return _plain(answer.body, told[1] if told else "utf-8")
    page = UnicodeDammit(answer.body, [told[1]] if told else [], is_html=True).unicode_markup
    return visible_text(page or "", UNSEEN, _apart, _apart)


def _plain(body: bytes, letters: str) -> str:
    """Return a text as far as it can be read; nobody guesses at letters, of a large file that would take long."""
    try:
        return body.decode(letters, errors="replace")
    except LookupError:
        return body.decode(errors="replace")


def _apart(tag: str) -> str:
    return "" if tag in INLINE else "\n"


def stand(quote: str, text: str) -> bool:
    """Return whether every part of a quote stands in a text; a quote may join the points of a list in a row."""
    seen = f" {' '.join(words(text))} "
    parts = (words(part) for part in PAUSE.split(quote))
    return all(f" {' '.join(part)} " in seen for part in parts if part)


def words(text: str) -> list[str]:
    """Return the words and figures of a text, without case and typography."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())
