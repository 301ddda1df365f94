"""The scores of one subject over time, and what moved the last one."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import fsum
from typing import Any

from catalog.wording import in_percent, in_words, many
from reports.card_facts import DIMENSIONS, CardFacts
from reports.charts import Chart, Point, drawn
from reports.plots import Plot, cells
from reports.site_facts import Row, SiteFacts, rows_of

MOST_DRIVERS = 8
WORDS_OF_STEP = {
    "day": "every scored day",
    "week": "the last score of each week",
    "month": "the last score of each month",
}


def score_plots(site: SiteFacts, card: CardFacts) -> list[Plot]:
    """Return the chart of the Speed Score and one of each dimension; none where no day has any."""
    rows = rows_of(site.scores, card.subject)
    if not rows:
        return []
    first = next((place for place, row in enumerate(rows) if _has_any(row)), len(rows))
    if first == len(rows):
        return []
    rows = rows[first:]
    rules, events = list(rubric_changes(rows)), site.marks_of(card.subject)
    bars = [(row["as_of"], row["p5"], row["p95"]) for row in rows if row["p5"] is not None]
    points = [Point(row["as_of"], row["speed_raw"], row["lo"], row["hi"]) for row in rows]
    title = f"Speed Score of {card.name}"
    svgs = [
        drawn(Chart(title, points, wide, high, 10.0, bars, rules, events)) for wide, high in ((860, 280), (360, 230))
    ]
    table = [
        (row["as_of"], [_two(row["speed_raw"]), _two(row["lo"]), _two(row["hi"])], [row["rubric"], _why(row)])
        for row in rows
    ]
    columns = ("Day", "Score", "At least", "At most", "Rubric", "Status")
    source = f"speedscore, rubric {rows[-1]['rubric']}, {WORDS_OF_STEP[rows[-1]['step']]}, before rounding"
    whole = [Plot("speed", title, svgs, source, columns, cells(table), f"data/{card.subject}.scores")]
    known = whole if any(svgs) else []
    return known + [plot for key in DIMENSIONS if (plot := _dimension_plot(key, rows, rules, site, card))]


def _dimension_plot(
    key: str, rows: Sequence[Row], rules: Sequence[tuple[datetime, str]], site: SiteFacts, card: CardFacts
) -> Plot | None:
    points = [Point(row["as_of"], row[key]) for row in rows]
    drawn_of = [row for row in rows_of(site.intervals, card.subject) if row["dimension"] == key]
    judged = {(row["as_of"], row["rubric"]) for row in rows}
    bars = [(row["as_of"], row["lo"], row["hi"]) for row in drawn_of if (row["as_of"], row["rubric"]) in judged]
    svg = drawn(Chart(f"{DIMENSIONS[key]} of {card.name}", points, 360, 150, 10.0, bars, rules))
    if not svg:
        return None
    last = next(row for row in reversed(rows) if row[key] is not None)
    spans = {moment: f"{lo:.1f} to {hi:.1f}" for moment, lo, hi in bars}
    table = [
        (row["as_of"], [_one(row[key]), spans.get(row["as_of"], "-")], [row["rubric"]])
        for row in rows
        if row[key] is not None
    ]
    said = card.said(key) if last["as_of"] == site.as_of else f"{last[key]:.1f}"
    source = f"{said} on {last['as_of']:%Y-%m-%d}"
    columns = ("Day", "Score", "Range", "Rubric")
    return Plot(key, DIMENSIONS[key], [svg], source, columns, cells(table), f"data/{card.subject}.scores")


def waterfall(site: SiteFacts, card: CardFacts) -> dict[str, Any] | None:
    """Return the steps from an earlier score to that of the day: what moved it most, and the rest together."""
    rows = rows_of(site.drivers, card.subject)
    if not rows:
        return None
    after = card.score["speed_raw"]
    before = after - fsum(row["points"] for row in rows)
    named = {row["metric"]: row for row in card.figures}
    ranked = sorted((row for row in rows if abs(row["points"]) >= 0.0005), key=lambda row: -abs(row["points"]))
    steps = [_step(row, named.get(row["metric"], {})) for row in ranked[:MOST_DRIVERS]]
    rest = fsum(row["points"] for row in ranked[MOST_DRIVERS:])
    if ranked[MOST_DRIVERS:]:
        more = len(ranked) - MOST_DRIVERS
        steps.append({"name": many(more, "other figures"), "before": "", "after": "", "points": rest})
    levels = [before]
    for step in steps:
        levels.append(levels[-1] + step["points"])
    lo, hi = min(levels), max(levels)
    span = max(hi - lo, 0.2)
    middle = (lo + hi) / 2
    for step, (one, other) in zip(steps, pairwise(levels), strict=True):
        low = (min(one, other) - middle + span / 2) / span
        step |= {"left": 100 * low, "width": max(100 * abs(other - one) / span, 0.8)}
    return {"since": rows[0]["since"], "before": before, "after": after, "steps": steps}


def _step(row: Row, told: Row) -> dict[str, Any]:
    unit = told.get("unit", "")
    return {
        "name": told.get("name", row["metric"]),
        "before": in_words(row["before"], unit),
        "after": in_words(row["after"], unit),
        "points": row["points"],
    }


def rubric_changes(rows: Sequence[Row]) -> Iterable[tuple[datetime, str]]:
    """Yield the days from which another rubric judged."""
    for one, two in pairwise(rows):
        if one["rubric"] != two["rubric"]:
            yield two["as_of"], f"rubric {two['rubric']}"


def last_known(site: SiteFacts, subject: str) -> dict[str, tuple[float, datetime]]:
    """Return the last published score of each dimension, and "speed", with its day."""
    found: dict[str, tuple[float, datetime]] = {}
    for row in rows_of(site.scores, subject):
        for key in DIMENSIONS:
            if row[key] is not None:
                found[key] = (row[key], row["as_of"])
        if row["speed_score"] is not None:
            found["speed"] = (row["speed_score"], row["as_of"])
    return found


def score_a_week_ago(site: SiteFacts, subject: str) -> Row | None:
    """Return the last score row of a subject that is at least a week old, of the last month."""
    rows = rows_of(site.scores, subject)
    limit, oldest = site.as_of - timedelta(days=7), site.as_of - timedelta(days=35)
    return next((row for row in reversed(rows) if oldest <= row["as_of"] <= limit), None)


def _has_any(row: Row) -> bool:
    return row["speed_raw"] is not None or any(row[key] is not None for key in DIMENSIONS)


def _why(row: Row) -> str:
    return f"withheld, coverage {in_percent(row['coverage'])}" if row["status"] == "withheld" else row["status"]


def _two(number: float | None) -> str:
    return "-" if number is None else f"{number:.2f}"


def _one(number: float | None) -> str:
    return "-" if number is None else f"{number:.1f}"
