"""Whether quoted words stand on a page: white space, typography, case and punctuation make no difference."""

import re
import unicodedata
from collections.abc import Sequence

from collectors.evidence.letters import text_in
from collectors.transport.archive import Answer
from collectors.visible import visible_text

# A figure is one word, so that 3,500 is not in 13,500, nor 23 in 1.23; in "3.9,3.10" a comma parts two.
WORD = re.compile(r"[^\W_]+(?:(?<=\d)(?:\.(?=\d)|,(?=\d{3}(?!\d))|:(?=\d\d(?!\d)))[^\W_]+)*")
PAUSE = re.compile(
    r"[;|/•…()\n]|,(?!\d{3}(?!\d))|(?<!\d),|:(?!\d\d(?!\d))|(?<!\d):|\.(?!\d)|\s[-–—]\s"  # noqa: RUF001 - printed dashes
)
UNPRINTED = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
UNSEEN = ("script", "style", "template")
SMALL = ("abbr", "cite", "code", "kbd", "mark", "samp", "small", "sub", "sup", "tt", "var", "wbr")
INLINE = {"a", "b", "em", "font", "i", "s", "span", "strong", "u", *SMALL}


def text_of(answer: Answer) -> str:
    """Return what a reader sees of a page; only marks within a line hold words together.

    Raise NoTextError for what is no text, such as a PDF.
    """
    text, is_page = text_in(answer)
    return visible_text(text, UNSEEN, _apart, _apart) if is_page else text


def _apart(tag: str) -> str:
    return "" if tag in INLINE else "\n"


def stand(quote: str, text: str) -> bool:
    """Return whether every part of a quote stands in a text; a quote may join the points of a list in a row."""
    return stand_among(quote, words(text))


def stand_among(quote: str, printed: Sequence[str]) -> bool:
    """Return whether every part of a quote stands among the words of a text."""
    seen = f" {' '.join(printed)} "
    parts = [part for some in PAUSE.split(quote) if (part := words(some))]
    return bool(parts) and all(f" {' '.join(part)} " in seen for part in parts)


def words(text: str) -> list[str]:
    """Return the words and figures of a text, without case, typography, and what only says where a line may end."""
    printed = UNPRINTED.sub("", text).replace("\u02bc", "'")
    return WORD.findall(unicodedata.normalize("NFKC", printed).casefold())
