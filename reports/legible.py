"""Words of strangers, safe to show: nothing steers a terminal, hides text or turns its direction."""

import re
from typing import TypeVar

STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line feed, and those that turn the direction of what follows."""
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
Value = TypeVar("Value")


def one_line(text: str) -> str:
    """Return the text for a cell: every control character, line ends too, as the replacement character."""
    return STEERING.sub(REPLACEMENT, text).replace("\t", REPLACEMENT).replace("\n", REPLACEMENT)


def legible(value: Value) -> Value:
    """Return a string (marked up or not) without what steers; anything else as it is."""
    # Nothing that steers is printable: of pages nearly all is told so, several times as fast as by the expression.
    if not isinstance(value, str) or value.isprintable() or str.replace(value, "\n", "").isprintable():
        return value
    return type(value)(STEERING.sub(REPLACEMENT, value)) if STEERING.search(value) else value


def escaped(text: str) -> str:
    """Return JSON text with what steers written as escapes; its values stay the same."""
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
