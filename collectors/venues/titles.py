"""Titles of papers, made comparable."""

import re
import unicodedata

NO_WORD = re.compile(r"\W+")


def normal(title: str) -> str:
    """Return the words of a title in lower case, one space between; signs are no words.

    An accent is one however it is spelt.
    """
    return NO_WORD.sub(" ", unicodedata.normalize("NFKC", title).lower()).strip()
