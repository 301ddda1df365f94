"""Which lines of GH Archive need not be parsed: their beginning proves that they do not count. Pure.

The archive writes `{"id":"...","type":"...","actor":{...},"repo":{"id":1,"name":"..."`, and an actor holds no other
object. A line that begins otherwise proves nothing, and is parsed.
"""

import re
from collections.abc import Callable, Iterable

from collectors.gharchive.event import Wanted

NOTHING = "(?!)"
TYPES = '(?:PushEvent|WatchEvent|ForkEvent|IssuesEvent)"'
OF_OTHERS = r'"actor":\{{[^}}]*+\}},"repo":\{{"id":(?!{ids}[^0-9])[0-9]{named}'
NAMED = r'++,"name":"(?!(?i:{names})")[^"\\]*+"'
SKIPPED = r'(?!\{{"id":"[^"]*+","type":"(?:{types},{of_others}|(?!{types})[^"]*+"))'

Finding = Callable[..., re.Match[bytes] | None]


def beginnings(wanted: Wanted) -> Finding:
    """Return what matches at the beginning of a line, unless the event is of another kind or repository for sure."""
    named = NAMED.format(names=any_of(wanted.by_name_only)) if wanted.by_name_only else ""
    of_others = OF_OTHERS.format(ids=any_of(map(str, wanted.ids)), named=named)
    return re.compile(SKIPPED.format(types=TYPES, of_others=of_others).encode()).match


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of all words that tells them apart letter by letter, so that many cost as little as few."""
    branches: dict[str, list[str]] = {}
    for word in sorted(words):
        branches.setdefault(word[:1], []).append(word[1:])
    found = [re.escape(letter) + (any_of(rest) if any(rest) else "") for letter, rest in branches.items()]
    return f"(?:{'|'.join(found)})" if found else NOTHING
