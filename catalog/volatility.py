"""How fast the things that facts tell of change, and so when their sources are looked at again: data."""

import hashlib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import tomli

SPREAD = 4


def review_day(subject: str, metric: str, confirmed_on: date) -> date:
    """Return the day on which a fact that was confirmed on a day is looked at again.

    It lies up to a quarter of the metric's period early, by a fixed place of its own, so that no day has many.
    """
    period = periods_d()[metric]
    place = int(hashlib.sha256(f"{subject} {metric}".encode()).hexdigest()[:8], 16)
    return confirmed_on + timedelta(days=period - place % (period // SPREAD))


@cache
def periods_d() -> dict[str, int]:
    """Return the longest time until the next review of each curated metric, in days."""
    table = tomli.loads(files("catalog").joinpath("volatility.toml").read_text(encoding="utf-8"))
    return {metric: days for metric, days in table.items() if metric != "schema"}
