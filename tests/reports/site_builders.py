"""A site with histories: three years of months with a hole and another rubric, figures, shares, odd values, gaps."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from math import sin
from typing import Any

import polars as pl

from reports.card_facts import DIMENSIONS, CardFacts
from reports.site import pages
from reports.site_facts import Quality, SiteFacts
from reports.site_files import Parts
from tests.reports.builders import empty, full
from tests.scoring.builders import MAY_DAY

MONTHS = pl.datetime_range(datetime(2021, 5, 1), MAY_DAY, "1mo", eager=True).to_list()
HOLE = range(12, 16)
KINDS = {"alpha": "framework", "beta": "framework", "gamma": "framework", "lib": "library", "omega": "library"}
RETIRED = {"state": "retired", "since": date(2023, 1, 5), "headline": "retired since 2023-01-05", "sentence": "Still."}
LIVE = {"state": "live", "since": None, "headline": "live", "sentence": "Last push on 2024-04-30."}


@cache
def cards() -> tuple[CardFacts, ...]:
    """Four cards with scores and one of which nothing is known."""
    alpha, lib = (replace(full(mark, one), lifecycle=LIVE) for mark, one in ((9, "alpha"), (7.5, "lib")))
    return (alpha, full(6, "beta"), replace(full(4.5, "gamma"), lifecycle=RETIRED), lib, empty("omega"))


def site(of: Sequence[CardFacts] | None = None, **more: Any) -> SiteFacts:
    """A site of these cards, or of five."""
    shown = list(cards() if of is None else of)
    ids = [card.subject for card in shown]
    plain = SiteFacts(
        cards=shown,
        as_of=MAY_DAY,
        version="0.1.0",
        rubric="2024.1",
        kinds={one: KINDS.get(one, "framework") for one in ids},
        scores={one: history(one) for one in ids},
        figures={one: pl.concat([figures(one, "github.stars", 20_000), figures(one, "github.forks", 3_000)]) for one in ids},
        shares={one: shares(one) for one in ids},
        drivers={one: drivers(one) for one in ids if one != "omega"},
        moved=[{"subject": ids[0], "metric": "github.stars", "before": 100.0, "since": datetime(2024, 4, 20),
                "after": 120.0, "day": datetime(2024, 4, 30)}] if ids else [],
        quality=quality(ids[0]) if ids else Quality(),
        names={"github.stars": "stars", "github.forks": "forks"},
    )  # fmt: skip
    return replace(plain, **more)


def history(subject: str) -> pl.DataFrame:
    """Months of scores: withheld for four of them, under another rubric in the last year. Omega was scored once, long ago."""
    height = {"alpha": 8.5, "beta": 6.0, "gamma": 4.0, "lib": 7.0}.get(subject)
    rows = []
    for place, month in enumerate(MONTHS):
        known = height is not None and place not in HOLE
        value = height + 0.4 * sin(place / 3) if known else None
        scores = dict.fromkeys(DIMENSIONS, None if value is None else round(value, 1))
        if height is None and place == 5:
            scores["ecosystem"] = 6.1
        rows.append({
            "subject": subject, "as_of": month, "rubric": "2024.1" if place >= 24 else "2023.1",
            "speed_score": None if value is None else round(value, 1), "speed_raw": value,
            "lo": value and value - 0.3, "hi": value and value + 0.5,
            "p5": value - 0.4 if value and place == len(MONTHS) - 1 else None,
            "p95": value + 0.4 if value and place == len(MONTHS) - 1 else None,
            "coverage": 0.9 if known else 0.3, "status": "final" if known else "withheld", "reason": None,
            **scores, "step": "month",
        })  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def figures(subject: str, metric: str, start: float, source: str = "github") -> pl.DataFrame:
    """Forty months of a figure that grows."""
    days = [datetime(2021, 1, 15) + timedelta(days=30 * place) for place in range(40)]
    return pl.DataFrame({
        "subject": subject, "metric": metric, "valid_at": days, "value": [start * 1.01**place for place in range(40)],
        "source": source, "is_judged": False, "unit": "accounts", "is_thinned": True, "url": None,
    })  # fmt: skip


def shares(subject: str) -> pl.DataFrame:
    """Shares of NeurIPS papers in the archive that ended, and in its successor."""
    rows = [("pwc", year, 0.3 + 0.02 * (year - 2018)) for year in range(2018, 2025)]
    rows += [("papers", year, 0.4) for year in (2023, 2024)]
    return pl.DataFrame([
        {"subject": subject, "archive": archive, "venue": "neurips", "year": year, "value": value, "lo": value - 0.05,
         "hi": value + 0.05, "n": 200, "valid_at": MAY_DAY, "source": archive, "definition": "share@1"}
        for archive, year, value in rows
    ])  # fmt: skip


def drivers(subject: str) -> pl.DataFrame:
    """What moved a score since March."""
    points = {"github.stars": 0.12, "github.forks": -0.05, "github.contributors": 0.0}
    return pl.DataFrame([
        {"subject": subject, "since": datetime(2024, 3, 1), "dimension": "ecosystem", "metric": metric, "before": 1.0,
         "after": 2.0, "points": moved}
        for metric, moved in points.items()
    ])  # fmt: skip


def quality(subject: str) -> Quality:
    """A fresh and a silent source, a gap, an odd value, a fact to read again, a landing."""
    cell = {"subject": subject, "metric": "github.stars", "figure": "stars", "source": "github"}
    return Quality(
        sources=[{"source": "github", "newest": datetime(2024, 4, 30, 2), "values": 1234, "missing": 0, "why": None},
                 {"source": "discord", "newest": None, "values": 0, "missing": 3, "why": "invite_expired"}],
        gaps=[{**cell, "reason": "rate_limited", "valid_at": datetime(2024, 4, 29), "is_recoverable": True}],
        events=[{**cell, "valid_at": datetime(2023, 2, 1), "known_at": datetime(2023, 2, 2), "kind": "quarantined",
                 "value": 1.0, "expected": 2.0, "detail": "a counter fell from 2 to 1"}],
        reviews=[{**cell, "kind": "expired", "finding": "expired", "detail": "to be reviewed by 2024-04-01",
                  "opened_at": datetime(2024, 4, 2), "about": ""}],
        runs=[{"run_id": "r", "kind": "nightly", "known_at": datetime(2024, 4, 30, 3), "status": "degraded",
               "observations": 1234, "missing": 3, "quarantined": 1}],
    )  # fmt: skip


def files_of(blocks: Iterable[SiteFacts]) -> dict[str, Any]:
    """Return every file of a site by its name, long texts put together."""
    return {name: "".join(content) if isinstance(content, Parts) else content for name, content in pages(blocks)}
