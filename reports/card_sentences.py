"""The sentences that only put together what a card knows: why a score, what is missing, what ages, what a range is."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

Row = Mapping[str, Any]
MOST_NAMED = 6
BAR_CELLS = 10


def why(dimensions: Mapping[str, Row], titles: Mapping[str, str], said: Mapping[str, str], *, is_withheld: bool) -> str:
    """Say in one sentence what a score comes from, or why there is none; `said` has the scores as they are told."""
    known = {name: row["score"] for name, row in dimensions.items() if row["score"] is not None}
    names = {name: title.lower() for name, title in titles.items()}
    if is_withheld:
        lacking = [names[name] for name in titles if name not in known]
        what = listed(lacking) if known else "all five dimensions"
        return f"There is no score, because too little is known of {what}."
    order = sorted(known, key=lambda name: (known[name], name))
    low, high = order[0], order[-1]
    return f"Lowest in {names[low]} ({said[low]}), highest in {names[high]} ({said[high]})."


def missing(waits_for: Sequence[str], figures: Sequence[Row]) -> str | None:
    """Say which figures are not known and could still raise the score; under an older rubric which are missing."""
    names = list(waits_for) or [row["name"] for row in figures if row["state"] == "missing" and not _is_state(row)]
    if not names:
        return None
    one = len(names) == 1
    effect = "; what is not known counts as nothing" if waits_for else ""
    return f"{len(names)} figure{' is' if one else 's are'} not known or too old: {some(names)}{effect}."


def ageing(stale: Sequence[Row], *, is_floor: bool) -> str | None:
    """Say which figures are past their age, with the day of each, and what they still count where they do."""
    told = [f"{row['name']} ({row['valid_at']:%Y-%m-%d})" for row in stale]
    one = len(told) == 1
    verb = "is past its age and does" if one else "are past their age and do"
    marks = "its last mark counts at most as the mean of its group" if one else (
        "their last marks count at most as the means of their groups"
    )  # fmt: skip
    return f"{some(told)} {verb} not count as known{f'; {marks}' if is_floor else ''}." if told else None


def ahead(falls: Sequence[Row], titles: Mapping[str, str]) -> str | None:
    """Say which dimensions lose their score soon, unless something is learned."""
    told = [f"{titles[row['dimension']].lower()} on {day(row['on'])}" for row in falls]
    return f"Unless sources answer or facts are confirmed, a score is lost in {listed(told)}." if told else None


def range_note(*, is_floor: bool, is_whole: bool) -> str:
    """Say what the score and its range are, so that one does not contradict the other."""
    drawn = "the range holds 9 of 10 results when figures, weights and goalposts are varied within reason"
    if is_floor and not is_whole:
        return (
            "The score counts what is not known as nothing, hence \u201cat least\u201d, with the weights and goalposts "
            f"as they stand; {drawn} as well, and may therefore begin below it."
        )
    return f"The score uses the weights and goalposts as they stand; {drawn}."


def standing(ranks: Sequence[Row], plural: str) -> str | None:
    """Say the likeliest place among those of its kind that have a score."""
    if not ranks:
        return None
    if len(ranks) == 1:
        return "the only one of its kind with a score"
    best = max(ranks, key=lambda row: row["probability"])
    place = "first" if best["rank"] == 1 else f"number {best['rank']}"
    return f"most likely {place} of {len(ranks)} {plural} ({100 * best['probability']:.0f} %)"


def scale(kind: str, plural: str) -> str:
    """Say what the words and bars are measured by, for those that are of another size than most."""
    if kind == "framework":
        return (
            "Words and bars use one scale for every project: 10 is about the size and pace of the largest frameworks."
        )
    return (
        "Words and bars use one scale for every project, made for the largest frameworks: a word such as "
        f"\u201cweak\u201d says how near to those it comes, not how good it is among {plural}; "
        f"the comparisons below are with other {plural} only."
    )


def bar(score: float | None) -> str:
    """Draw a score from 0 to 10 as ten cells of text."""
    full = 0 if score is None else int(score + 0.5)
    return "\u2588" * full + "\u2591" * (BAR_CELLS - full)


def some(names: Sequence[str]) -> str:
    """Return the first names as a list in a sentence, and how many more there are."""
    more = len(names) - MOST_NAMED
    return f"{', '.join(names[:MOST_NAMED])} and {more} more" if more > 0 else listed(names)


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def day(moment: date | datetime) -> str:
    """Write a day."""
    return f"{moment:%Y-%m-%d}"


def _is_state(row: Row) -> bool:
    return str(row["metric"]).startswith("liveness.")
