"""Questions that need not be asked every night: everybody once, then a part of the subjects by turns."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog.subject import Subject


def due(subjects: Sequence[Subject], asked_at: Mapping[str, datetime], nights: int) -> list[Subject]:
    """Give who was never asked, then so many of the longest unasked that everybody's turn comes in `nights` nights."""
    never = [one for one in subjects if one.id not in asked_at]
    again = sorted((one for one in subjects if one.id in asked_at), key=lambda one: asked_at[one.id])
    return never + again[: -(-len(again) // nights)]
