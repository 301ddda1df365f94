"""Whether quoted words stand on a page: white space, typography, case and punctuation make no difference."""

import re
import unicodedata

from bs4 import BeautifulSoup

from collectors.transport.archive import Answer

WORD = re.compile(r"\w+")
PAUSE = re.compile(r"[,;:|/•…()\n]|\.(?!\d)|\s[-–—]\s")  # noqa: RUF001 - the dashes of printed pages
UNSEEN = ("script", "style", "template")
SMALL = ("abbr", "cite", "code", "kbd", "mark", "small", "sub", "sup")
INLINE = {"a", "b", "em", "font", "i", "s", "span", "strong", "u", *SMALL}


def text_of(answer: Answer) -> str:
    """Return what a reader sees of a page; only marks within a line hold words together."""
    if "html" not in answer.headers.get("content-type", "html"):
        return answer.body.decode(errors="replace")
    page = BeautifulSoup(answer.body, "html.parser")
    for hidden in page(UNSEEN):
        hidden.decompose()
    for mark in page.find_all(lambda one: one.name not in INLINE):
        mark.insert_before("\n")
        mark.insert_after("\n")
    return page.get_text()


def stand(quote: str, text: str) -> bool:
    """Return whether every part of a quote stands in a text; a quote may join the points of a list in a row."""
    seen = f" {' '.join(words(text))} "
    parts = (words(part) for part in PAUSE.split(quote))
    return all(f" {' '.join(part)} " in seen for part in parts if part)


def words(text: str) -> list[str]:
    """Return the words and figures of a text, without case and typography."""
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())
