"""What changed within the week: scores, figures, what looked wrong."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from heapq import nsmallest
from math import inf, log
from typing import Any

from catalog.wording import WORDS, in_words
from reports.card_facts import DIMENSIONS
from reports.site_facts import Row, SiteFacts
from reports.site_subject import score_a_week_ago

MOST_FIGURES = 40
MONTH = timedelta(days=31)
"""A figure is compared with what it was a week before, or with the last that there was, as far back as this."""


def score_changes(site: SiteFacts) -> list[dict[str, Any]]:
    """Return the subjects whose score or dimension scores differ from a week ago."""
    found = []
    for card in site.cards:
        then = score_a_week_ago(site, card.subject)
        if then is None:
            continue
        now = {key: card.dimensions[key]["score"] for key in DIMENSIONS}
        moved = [_moved(key, then[key], score) for key, score in now.items() if then[key] != score]
        ends = then["speed_raw"], card.score["speed_raw"]
        difference = None if None in ends else ends[1] - ends[0]
        if moved or ends[0] != ends[1]:
            found.append({"card": card, "then": then, "difference": difference, "moved": moved})
    return found


def ranked_changes(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return changes of scores, the largest first."""
    return sorted(
        found, key=lambda row: (-abs(inf if row["difference"] is None else row["difference"]), row["card"].name)
    )


def figure_changes(site: SiteFacts, names: Mapping[str, str], units: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the figures that moved most within the week, in proportion; `names` of subjects, `units` of figures."""
    rows = (row for row in site.moved if row["subject"] in names and row["day"] - row["since"] <= MONTH)
    ranked = nsmallest(MOST_FIGURES, rows, key=lambda row: (-_ratio(row), row["subject"], row["metric"]))
    return [_told(row, site, names[row["subject"]], units.get(row["metric"], "")) for row in ranked]


def _told(row: Row, site: SiteFacts, who: str, unit: str) -> dict[str, Any]:
    was, now = in_words(row["before"], unit), in_words(row["after"], unit)
    name = site.names.get(row["metric"], row["metric"])
    return {**row, "who": who, "name": name, "was": was, "is": now, "percent": _percent(row, unit)}


def _moved(key: str, before: float | None, after: float | None) -> dict[str, Any]:
    return {"title": DIMENSIONS[key], "before": before, "after": after}


def _ratio(row: Row) -> float:
    before, after = abs(row["before"]), abs(row["after"])
    return abs(log(max(after, 1e-9) / max(before, 1e-9)))


def _percent(row: Row, unit: str) -> float | None:
    """Return the change in percent; None of words, of slopes, and from nothing, where it would say nothing."""
    if unit in WORDS or unit.endswith("/year") or not row["before"]:
        return None
    before, after = float(row["before"]), float(row["after"])
    return 100 * (after - before) / abs(before)
