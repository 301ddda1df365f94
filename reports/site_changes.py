"""What changed within the week: scores, figures, what looked wrong."""

from math import inf, log
from typing import Any

from reports.card import figure
from reports.card_facts import DIMENSIONS
from reports.site_facts import Row, SiteFacts
from reports.site_subject import score_a_week_ago

MOST_FIGURES = 40


def score_changes(site: SiteFacts) -> list[dict[str, Any]]:
    """Return the subjects whose score or dimension scores differ from a week ago, the largest change first."""
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
    return sorted(
        found, key=lambda row: (-abs(inf if row["difference"] is None else row["difference"]), row["card"].name)
    )


def figure_changes(site: SiteFacts) -> list[dict[str, Any]]:
    """Return the figures that moved most within the week, in proportion."""
    names = {card.subject: card.name for card in site.cards}
    units = {row["metric"]: row["unit"] for card in site.cards for row in (*card.figures, *card.companions)}
    rows = [row for row in site.moved if row["subject"] in names]
    ranked = sorted(rows, key=lambda row: (-_ratio(row), row["subject"], row["metric"]))[:MOST_FIGURES]
    return [_told(row, site, names[row["subject"]], units.get(row["metric"], "")) for row in ranked]


def _told(row: Row, site: SiteFacts, who: str, unit: str) -> dict[str, Any]:
    was, now = figure(row["before"], unit), figure(row["after"], unit)
    name = site.names.get(row["metric"], row["metric"])
    return {**row, "who": who, "name": name, "was": was, "is": now, "unit": unit, "percent": _percent(row)}


def _moved(key: str, before: float | None, after: float | None) -> dict[str, Any]:
    return {"title": DIMENSIONS[key], "before": before, "after": after}


def _ratio(row: Row) -> float:
    before, after = abs(row["before"]), abs(row["after"])
    return abs(log(max(after, 1e-9) / max(before, 1e-9)))


def _percent(row: Row) -> float | None:
    return None if not row["before"] else 100 * (row["after"] - row["before"]) / abs(row["before"])
