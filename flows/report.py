"""Gather what cards and pages say from the published warehouse, and write the site."""

from datetime import datetime
from pathlib import Path

import polars as pl

from catalog.metric import METRICS
from flows.clock import end_of_today
from flows.score import Peek, peek
from flows.settings import Settings
from reports.card import CardFacts
from reports.site import pages
from scoring.verdict import verdict
from warehouse.connection import open_reader
from warehouse.label import label
from warehouse.query import rows

UNITS = {name: (metric.meaning, metric.unit) for name, metric in METRICS.items()}


def card_facts(settings: Settings, subject: str | None, as_of: datetime, rubric: str | None = None) -> list[CardFacts]:
    """Give the facts of one subject's card, or of everybody's; scored afresh from what is published."""
    found = peek(settings, as_of, rubric)
    with open_reader(settings.published) as connection:
        mark = label(connection)
    wanted = [subject] if subject else sorted(found.names)
    return [_facts(found, one, mark) for one in wanted]


def write_site(settings: Settings, folder: Path) -> Path:
    """Write every page into the folder; give the path of the first one."""
    as_of = end_of_today()
    with open_reader(settings.published) as connection:
        status = rows(connection, "freshness")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(card_facts(settings, None, as_of), as_of, status).items():
        fresh = folder / f".{name}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(folder / name)
    return folder / "index.html"


def _facts(found: Peek, subject: str, mark: str | None) -> CardFacts:
    own = pl.col("subject") == subject
    dimensions = found.scored.dimensions.filter(own).to_dicts()
    return CardFacts(
        subject=subject,
        name=found.names[subject],
        score=found.scored.scores.filter(own).to_dicts()[0],
        dimensions={row["dimension"]: row for row in dimensions},
        contributions=found.scored.contributions.filter(own).to_dicts(),
        verdict=verdict,
        units=UNITS,
        label=mark,
    )
