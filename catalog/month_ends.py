"""Month-end figures that ship with the package: stars, forks, open issues, last push; from Github-Ranking (MIT)."""

import csv
from collections.abc import Iterator
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from catalog.metric import METRICS
from catalog.moments import naive_utc
from catalog.observation import Observation

SOURCE = "github-ranking"
COUNTS = {"stars": "github.stars", "forks": "github.forks", "open_issues": "github.open_issues"}
PUSH_AGE = METRICS["github.last_push_age_d"]
DAY_S = 86_400


class MonthEnd(NamedTuple):
    """The last recorded day of a month (naive UTC), its counts by column, and when somebody last pushed."""

    subject: str
    day: datetime
    counts: dict[str, float]
    pushed_at: datetime


@cache
def shipped_history() -> tuple[Observation, ...]:
    """Return what `observations` yields, read once: every landing brings it."""
    return tuple(observations())


def observations() -> Iterator[Observation]:
    """Yield the counts of each month's end, and how old the last push was."""
    for one in month_ends():
        for column, metric in COUNTS.items():
            yield METRICS[metric].of(one.subject, one.day, one.counts[column], method="archived", source=SOURCE)
        yield _push_age(one)


def month_ends() -> Iterator[MonthEnd]:
    """Yield the rows of the shipped file, by subject and day."""
    with files("catalog").joinpath("history/github_ranking_month_ends.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            pushed_at = naive_utc(datetime.fromisoformat(row["last_push"]))
            counts = {column: float(row[column]) for column in COUNTS}
            yield MonthEnd(row["subject"], datetime.fromisoformat(row["day"]), counts, pushed_at)


def _push_age(one: MonthEnd) -> Observation:
    """Return how old the last push was at the start of the day, or 0 where it came on the day itself."""
    age = (datetime.combine(one.day, time.min) - one.pushed_at).total_seconds() / DAY_S
    return PUSH_AGE.of(one.subject, one.day, max(0.0, age), method="archived", source=SOURCE)
