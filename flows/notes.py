"""Sentences for the person at the terminal, apart from the output."""

import sys


def note(sentence: str) -> None:
    """Print a sentence to standard error."""
    print(sentence, file=sys.stderr, flush=True)
