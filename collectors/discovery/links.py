"""The links of a README or a page, in Markdown, reStructuredText or HTML."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup

from collectors.discovery.finding import Link

BARE = re.compile(r"https?://[^\s<>()\[\]\"'`]+(?:\([^\s<>()\[\]\"'`]*\)[^\s<>()\[\]\"'`]*)*")
LONGEST = 300_000
MOST = 500
TRAILING = ".,;:!*_"


def links_of(text: str, page: str) -> list[Link]:
    """Return the web addresses that a page links or names, each once, in their order."""
    found = dict.fromkeys(_addresses(text[:LONGEST]))
    return [Link(url, page) for url in list(found)[:MOST]]


def _addresses(text: str) -> Iterator[str]:
    if "<" in text:
        for tag in BeautifulSoup(text, "html.parser").find_all(["a", "img"]):
            target = tag.get("href") or tag.get("src")
            if isinstance(target, str) and target.startswith(("http://", "https://")):
                yield target.rstrip(TRAILING)
    yield from (match[0].rstrip(TRAILING) for match in BARE.finditer(text))
