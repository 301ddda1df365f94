"""The text that a reader sees of a README: Markdown with HTML in it, tag by tag, however deeply they are nested."""

from html.parser import HTMLParser
from typing import Any

BLOCKS = {"p", "div", "br", "li", "tr", "blockquote"}
TITLES = {"h1", "h2", "h3", "h4", "h5", "h6"}
HIDDEN = {"script", "style", "pre", "code"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
APART = "\n\n"


def visible_text(readme: str) -> str:
    """Return the text without tags, comments and code; blocks stand apart, headings become those of Markdown.

    What stands behind the last end of a tag holds none: to look for one from each "<" would take the square of its
    length.
    """
    tagged, end, rest = readme.rpartition(">")
    reader = _Reader()
    reader.feed(tagged + end)
    reader.close()
    reader.handle_data(rest.partition("<!--")[0])
    return "".join(reader.seen)


class _Reader(HTMLParser):
    """Collects what is seen; an element that is never closed ends with the one around it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._open: list[str] = []
        self._hiding = 0

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        self._see(APART + "# " if tag in TITLES else APART if tag in BLOCKS else "")
        if tag not in VOID:
            self._open.append(tag)
            self._hiding += tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        closed = ""
        while closed != tag:
            closed = self._open.pop()
            self._hiding -= closed in HIDDEN
            self._see(APART if closed in BLOCKS | TITLES else "")

    def handle_data(self, data: str) -> None:
        self._see(data)

    def _see(self, text: str) -> None:
        if not self._hiding:
            self.seen.append(text)
