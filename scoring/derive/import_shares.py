"""How many papers build on a package: the share of the newest papers whose repositories ask for it, and its trend.

The base is the papers whose repositories name a framework. A framework shares a paper with the others that it names; a
library counts whole wherever it is asked for. The window is the shortest that holds enough papers (docs/method.md).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from catalog.frameworks import packages_of, plain_name
from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status
from catalog.statistics import theil_sen, wilson
from catalog.subject import Subject

SHARE, SLOPE = METRICS["papers.import_share"], METRICS["papers.import_slope"]
WINDOWS_D = (30, 90, 180, 365)
LEAST_PAPERS = 200
LEAST_PAPERS_A_MONTH = 50
LEAST_MONTHS = 6
LEAST_SHARE = 0.001  # the floor of the goalposts: below it a logarithm tells nothing
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Counted:
    """The papers of a span, and how many of them count for a subject."""

    n: int
    papers: float

    @property
    def share(self) -> float:
        """The share of the papers that count for the subject."""
        return self.papers / self.n if self.n else 0.0


def import_shares(papers: pl.DataFrame, subjects: Sequence[Subject], until: datetime) -> Iterator[Observation]:
    """Yield the share and its slope of each subject that has a package; missing where too few papers can tell.

    `papers` has listed_on, frameworks and packages (lists of names), each paper once.
    """
    for subject in subjects:
        if subject.pypi is not None:
            counted = papers.select("listed_on", weight=_weight(subject)).drop_nulls()
            yield _share(subject, counted, until)
            yield _slope(subject, counted, until)


def _weight(subject: Subject) -> pl.Expr:
    """Return how much of each paper counts for a subject; null where nobody looked for its packages."""
    if subject.papers_framework:
        named = pl.col("frameworks").list.contains(subject.papers_framework.lower())
        return named.cast(pl.Float64) / pl.col("frameworks").list.len()
    names = packages_of(subject.id, subject.pypi or "") | set(map(plain_name, subject.import_names))
    asked = [pl.col("packages").list.contains(one) for one in sorted(names)]
    return pl.any_horizontal(asked).cast(pl.Float64)


def _share(subject: Subject, counted: pl.DataFrame, until: datetime) -> Observation:
    spans = [(days, _between(counted, until.date() - timedelta(days=days), until.date())) for days in WINDOWS_D]
    days, span = next((one for one in spans if one[1].n >= LEAST_PAPERS), spans[-1])
    if span.n < LEAST_PAPERS:
        return SHARE.missing(subject.id, until, Reason.INCOMPLETE, n=span.n)
    lo, hi = wilson(span.share, span.n)
    more = {"definition": f"{SHARE.definition}:{days}d", "status": Status.DERIVED}
    return SHARE.of(subject.id, until, span.share, n=span.n, lo=lo, hi=hi, **more)


def _slope(subject: Subject, counted: pl.DataFrame, until: datetime) -> Observation:
    points = [
        ((end - until.date()).days / DAYS_A_YEAR, math.log(max(span.share, LEAST_SHARE)))
        for end, span in _months(counted, until.date())
        if span.n >= LEAST_PAPERS_A_MONTH
    ]
    slope = theil_sen(points) if len(points) >= LEAST_MONTHS else None
    if slope is None:
        return SLOPE.missing(subject.id, until, Reason.INCOMPLETE, n=len(points))
    return SLOPE.of(subject.id, until, slope, n=len(points), status=Status.DERIVED)


def _months(counted: pl.DataFrame, until: date) -> Iterator[tuple[date, Counted]]:
    """Yield the end of each whole month with its papers."""
    by_month = counted.group_by(pl.col("listed_on").dt.truncate("1mo").alias("month")).agg(
        pl.len().alias("n"), pl.col("weight").sum()
    )
    for month, n, weight in by_month.sort("month").iter_rows():
        end = (month + timedelta(days=32)).replace(day=1)
        if end <= until:
            yield end, Counted(n, weight)


def _between(counted: pl.DataFrame, since: date, until: date) -> Counted:
    some = counted.filter((pl.col("listed_on") >= since) & (pl.col("listed_on") < until))
    return Counted(some.height, float(some["weight"].sum()))
