"""Titles of papers, made comparable."""

import re

NO_WORD = re.compile(r"\W+")


def normal(title: str) -> str:
    """Return the words of a title in lower case, one space between; signs are no words."""
    return NO_WORD.sub(" ", title.lower()).strip()
