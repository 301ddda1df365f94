"""The word for a score (docs/method.md#words), and the sentence for a dimension."""

from collections.abc import Iterable, Sequence

from scoring.words.phrases import phrases

NOT_RATED = "Not rated"
MEASURE = "framework"
SHOWN_GAPS = 3


def verdict(score: float | None) -> str:
    """Return the word for a score from 0 to 10; "Not rated" where there is none."""
    return NOT_RATED if score is None else phrases().words[_place(score)][1]


def lasting_verdict(scores: Iterable[float | None]) -> str:
    """Return the word for the last of a series of scores, the oldest first.

    A word that was in use stays until its boundary is crossed by more than `clear`; after a gap it starts afresh.
    """
    place: int | None = None
    for score in scores:
        place = None if score is None else _place(score) if place is None else _next(place, score)
    return NOT_RATED if place is None else phrases().words[place][1]


def sentence(dimension: str, word: str, best: str | None, gaps: Sequence[str], kind: str = MEASURE) -> str:
    """Say how a dimension does: its word, its gaps, what it is best at; the gaps come worst first.

    Words are made for frameworks; of another kind they are said with that.
    """
    rules = phrases()
    told = rules.dimensions[dimension]
    order = [text for _, text in rules.words]
    if word in order and "from" in told and order.index(word) <= order.index(told["from"]):
        word = told["as"]
    if kind != MEASURE and word != NOT_RATED:
        word += " on the scale of frameworks"
    if gaps:
        more = f" and {len(gaps) - SHOWN_GAPS} more" if len(gaps) > SHOWN_GAPS else ""
        word += f" with minor gaps ({', '.join(gaps[:SHOWN_GAPS])}{more})"
    return f"{word}; best at: {best}" if best else word


def _place(score: float) -> int:
    words = phrases().words
    return next((place for place, (least, _) in enumerate(words) if score >= least), len(words) - 1)


def _next(place: int, score: float) -> int:
    """Move the word of `place` as far as the boundaries between are crossed clearly."""
    clear = phrases().limit.clear
    leasts = [least for least, _ in phrases().words]
    while place and score - leasts[place - 1] > clear + 1e-9:
        place -= 1
    while place < len(leasts) - 1 and leasts[place] - score > clear + 1e-9:
        place += 1
    return place
