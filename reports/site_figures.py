"""The figures of one subject over time, and its shares of papers by venue and year."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.wording import in_words, many
from reports.card import figure
from reports.card_facts import CardFacts
from reports.charts import Chart, Point, drawn
from reports.plots import Plot, cells
from reports.site_facts import Row, SiteFacts, rows_of

LEAST_POINTS = 3
NO_CHART = {"level 0-4", "0 or 1", "state 0-4"}


def figure_plots(site: SiteFacts, card: CardFacts) -> dict[str, list[Plot]]:
    """Return the charts of figures by dimension: of each figure that was seen at least three times."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for seen in rows_of(site.figures, card.subject):
        parts.setdefault(seen["metric"], []).append(seen)
    shown = {row["metric"]: row for row in (*card.companions, *card.figures)}
    found: dict[str, list[Plot]] = {}
    for metric, row in shown.items():
        if len(parts.get(metric, ())) >= LEAST_POINTS and row["unit"] not in NO_CHART:
            plot = _figure_plot(row, parts[metric], site, card)
            found.setdefault(row["dimension"], []).append(plot)
    return found


def _figure_plot(told: Row, rows: Sequence[Row], site: SiteFacts, card: CardFacts) -> Plot:
    metric, unit = told["metric"], told["unit"]
    points = [Point(row["valid_at"], row["value"], is_judged=row["is_judged"]) for row in rows]
    events = site.marks_of(card.subject, metric)
    svg = drawn(Chart(f"{told['name']} of {card.name}", points, events=events))
    table = [(row["valid_at"], [figure(row["value"])], [row["source"]]) for row in rows]
    last = rows[-1]
    note = "The last value of each month" if last["is_thinned"] else ""
    source = f"{in_words(last['value'], unit)} on {last['valid_at']:%Y-%m-%d}, {last['source']}"
    columns = ("Day", unit.capitalize(), "Source")
    return Plot(
        f"figure-{metric.replace('.', '-')}",
        told["name"].capitalize() if told["name"].islower() else told["name"],
        [svg],
        source,
        columns,
        cells(table),
        f"data/{card.subject}.figures",
        note,
        metric,
    )


def share_plots(site: SiteFacts, card: CardFacts) -> list[Plot]:
    """Return a chart per venue and archive: the share of papers a year."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of(site.shares, card.subject):
        found.setdefault((row["venue"], row["archive"]), []).append(row)
    return [_share_plot(venue, archive, rows, card) for (venue, archive), rows in found.items() if len(rows) > 1]


def _share_plot(venue: str, archive: str, rows: Sequence[Row], card: CardFacts) -> Plot:
    name = {"pwc": "Papers with Code", "papers": "papers read by speedscore"}[archive]
    title = f"Share of {venue.upper() if len(venue) <= 5 else venue.capitalize()} papers, {name}"
    points = [
        Point(datetime(row["year"], 7, 1), _percent(row["value"]), _percent(row["lo"]), _percent(row["hi"]))  # noqa: DTZ001
        for row in rows
    ]
    table = [
        (
            row["year"],
            [f"{100 * row['value']:.1f}", _span(row)],
            [many(row["n"], "papers") if row["n"] else "-", row["source"]],
        )
        for row in rows
    ]
    last = rows[-1]
    ends = f"Ends with {last['year']}: the archive was frozen in July 2025" if archive == "pwc" else ""
    return Plot(
        f"share-{archive}-{venue}",
        title,
        [drawn(Chart(f"{title}: {card.name}, percent", points))],
        f"{100 * last['value']:.1f} % of {last['year']}, {last['source']}",
        ("Year", "Percent", "95 %", "Of", "Source"),
        cells(table),
        f"data/{card.subject}.shares",
        ends,
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _span(row: Row) -> str:
    return "-" if row["lo"] is None else f"{100 * row['lo']:.1f} to {100 * row['hi']:.1f}"
