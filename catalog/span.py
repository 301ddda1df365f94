"""A stretch of names, so that very many subjects can be looked at in parts."""

from collections.abc import Collection
from typing import NamedTuple

LAST = "\U0010ffff"
"""Behind every name."""
SUBJECTS_AT_ONCE = 250
"""How many are looked at together, where there are very many."""


class Span(NamedTuple):
    """The names behind `after`, up to `upto`; by default all. As a mapping (`_asdict`) the parameters of statements."""

    after: str = ""
    upto: str = LAST

    @classmethod
    def around(cls, names: Collection[str]) -> "Span":
        """Return the span from the first of some names up to the last: of one name it holds that alone."""
        first = min(names)
        return cls(first[:-1] + chr(ord(first[-1]) - 1) + LAST, max(names))


def spans(ends: list[str]) -> list[Span]:
    """Return the spans that end with these names, in order; the last one reaches beyond its own, to hold every name."""
    return [Span(*pair) for pair in zip(["", *ends[:-1]], [*ends[:-1], LAST], strict=True)] if ends else [Span()]
