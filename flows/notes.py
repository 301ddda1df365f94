"""Sentences for the person at the terminal, apart from the output; on a terminal they wrap between words."""

import os
import shutil
import sys
import textwrap
from typing import TextIO

INDENT = "  "
NARROWEST = 20


def note(sentence: str) -> None:
    """Print a sentence to standard error."""
    print(fitted(sentence, sys.stderr), file=sys.stderr, flush=True)


def tell(text: str) -> None:
    """Print text to standard output."""
    print(fitted(text, sys.stdout))


def fitted(text: str, stream: TextIO) -> str:
    """Return text as lines that fit a terminal, no word broken; for a pipe or a file as it is."""
    if not (stream and stream.isatty()):
        return text
    width = width_of(stream)
    return "\n".join(_wrapped(line, width) for line in text.splitlines())


def width_of(stream: TextIO) -> int:
    """Return how many columns the terminal behind a stream has; COLUMNS has the last word."""
    if os.environ.get("COLUMNS", "").isdecimal():
        return max(NARROWEST, int(os.environ["COLUMNS"]))
    try:
        return max(NARROWEST, os.get_terminal_size(stream.fileno()).columns)
    except (OSError, ValueError):
        return max(NARROWEST, shutil.get_terminal_size().columns)


def _wrapped(line: str, width: int) -> str:
    if len(line) <= width:
        return line
    begin = line[: len(line) - len(line.lstrip())]
    wrapper = textwrap.TextWrapper(
        width, subsequent_indent=begin + INDENT, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(line)
