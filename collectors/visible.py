"""The text that a reader sees of HTML, or of Markdown with HTML in it: tag by tag, however deeply they are nested."""

from collections import Counter
from collections.abc import Callable, Collection
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
Mark = Callable[[str], str]


def visible_text(page: str, hidden: Collection[str], before: Mark, after: Mark) -> str:
    """Return the text without tags, comments and hidden elements; `before` and `after` give what stands about a tag.

    What stands behind the last end of a tag holds none: to look for one from each "<" would take the square of its
    length.
    """
    tagged, end, rest = page.rpartition(">")
    reader = _Reader(hidden, before, after)
    reader.feed(tagged + end)
    reader.close()
    reader.handle_data(rest.partition("<!--")[0])
    return "".join(reader.seen)


class _Reader(HTMLParser):
    """Collects what is seen; an element that is never closed ends with the one around it."""

    def __init__(self, hidden: Collection[str], before: Mark, after: Mark) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._hidden, self._before, self._after = hidden, before, after
        self._open: list[str] = []
        self._depth = Counter[str]()
        self._hiding = 0

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        self._see(self._before(tag))
        if tag not in VOID:
            self._open.append(tag)
            self._depth[tag] += 1
            self._hiding += tag in self._hidden

    def handle_endtag(self, tag: str) -> None:
        if not self._depth[tag]:
            return
        closed = ""
        while closed != tag:
            closed = self._open.pop()
            self._depth[closed] -= 1
            self._hiding -= closed in self._hidden
            self._see(self._after(closed))

    def handle_data(self, data: str) -> None:
        self._see(data)

    def _see(self, text: str) -> None:
        if not self._hiding:
            self.seen.append(text)
