"""How many of the newest papers build on a framework or library, and the trend: by imports, and by manifests before.

The base is the papers whose repositories name a framework. By imports a paper counts for its main framework; by
manifests it is shared by all that it names. A library counts whole wherever it is used. The window is the shortest that
holds enough papers; that of a year is told only where nine tenths of its days were read (docs/research.md).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from catalog.frameworks import packages_of
from catalog.metric import METRICS, Metric
from catalog.observation import Observation, Reason, Status
from catalog.statistics import theil_sen, wilson
from catalog.subject import Subject

YEAR_SHARE, YEAR_SLOPE = METRICS["papers.share_365d"], METRICS["papers.share_slope_pp"]
WINDOWS_D = (30, 90, 180, 365)
LEAST_PAPERS = 200
LEAST_PAPERS_A_MONTH = 50
LEAST_MONTHS = 6
LEAST_DAYS_READ = 328  # nine tenths of a year: less is not told as the year's
LEAST_SHARE = 0.001  # the floor of the goalposts: below it a logarithm tells nothing
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Series:
    """The two metrics of a series, and under which names it has a library."""

    share: Metric
    slope: Metric
    names: Callable[[Subject], frozenset[str]]


def module_names(subject: Subject) -> frozenset[str]:
    """Return under which names a library is imported: its id, its package as a module, and what the catalog says."""
    return frozenset({subject.id, (subject.pypi or subject.id).replace("-", "_"), *subject.import_names})


BY_IMPORTS = Series(METRICS["papers.import_share"], METRICS["papers.import_slope"], module_names)
BY_MANIFESTS = Series(
    METRICS["papers.import_share_manifests"],
    METRICS["papers.import_slope_manifests"],
    lambda subject: packages_of(subject.id, subject.pypi or ""),
)


@dataclass(frozen=True)
class Counted:
    """The papers of a span, and how many of them count for a subject."""

    n: int
    papers: float

    @property
    def share(self) -> float:
        """The share of the papers that count for the subject."""
        return self.papers / self.n if self.n else 0.0


def import_shares(
    papers: pl.DataFrame, subjects: Sequence[Subject], until: datetime, series: Series
) -> Iterator[Observation]:
    """Yield the share and its slope of each subject that has a package; missing where too few papers can tell.

    `papers` has listed_on, frameworks and packages (lists of names), each paper once.
    """
    for subject in subjects:
        if subject.pypi is not None:
            counted = papers.select("listed_on", weight=_weight(subject, series)).drop_nulls()
            yield _share(subject, counted, until, series.share)
            yield _slope(subject, counted, until, series.slope)


def year_shares(
    papers: pl.DataFrame, days_read: int, subjects: Sequence[Subject], until: datetime
) -> Iterator[Observation]:
    """Yield each framework's share of the papers of 365 days and its slope; missing where too little was read."""
    for subject in subjects:
        if subject.papers_framework is not None:
            counted = papers.select("listed_on", weight=_weight(subject, BY_IMPORTS))
            span = _between(counted, until.date() - timedelta(days=WINDOWS_D[-1]), until.date())
            is_whole = days_read >= LEAST_DAYS_READ and span.n >= LEAST_PAPERS
            yield _told(YEAR_SHARE, subject, until, span) if is_whole else _untold(YEAR_SHARE, subject, until, span.n)
            points = [(_years(end, until), span.share) for end, span in _full_months(counted, until)]
            yield _sloped(YEAR_SLOPE, subject, until, [(x, 100 * y) for x, y in points])


def _weight(subject: Subject, series: Series) -> pl.Expr:
    """Return how much of each paper counts for a subject; null where nobody looked for its packages."""
    if subject.papers_framework:
        named = pl.col("frameworks").list.contains(subject.papers_framework.lower())
        return named.cast(pl.Float64) / pl.col("frameworks").list.len()
    asked = [pl.col("packages").list.contains(one) for one in sorted(series.names(subject))]
    return pl.any_horizontal(asked).cast(pl.Float64)


def _share(subject: Subject, counted: pl.DataFrame, until: datetime, metric: Metric) -> Observation:
    spans = [(days, _between(counted, until.date() - timedelta(days=days), until.date())) for days in WINDOWS_D]
    days, span = next((one for one in spans if one[1].n >= LEAST_PAPERS), spans[-1])
    if span.n < LEAST_PAPERS:
        return _untold(metric, subject, until, span.n)
    return _told(metric, subject, until, span, definition=f"{metric.definition}:{days}d")


def _slope(subject: Subject, counted: pl.DataFrame, until: datetime, metric: Metric) -> Observation:
    months = _full_months(counted, until)
    points = [(_years(end, until), math.log(max(span.share, LEAST_SHARE))) for end, span in months]
    return _sloped(metric, subject, until, points)


def _told(metric: Metric, subject: Subject, until: datetime, span: Counted, **more: str) -> Observation:
    lo, hi = wilson(span.share, span.n)
    return metric.of(subject.id, until, span.share, n=span.n, lo=lo, hi=hi, status=Status.DERIVED, **more)


def _untold(metric: Metric, subject: Subject, until: datetime, n: int) -> Observation:
    return metric.missing(subject.id, until, Reason.INCOMPLETE, n=n)


def _sloped(metric: Metric, subject: Subject, until: datetime, points: Sequence[tuple[float, float]]) -> Observation:
    slope = theil_sen(points) if len(points) >= LEAST_MONTHS else None
    if slope is None:
        return _untold(metric, subject, until, len(points))
    return metric.of(subject.id, until, slope, n=len(points), status=Status.DERIVED)


def _years(end: date, until: datetime) -> float:
    return (end - until.date()).days / DAYS_A_YEAR


def _full_months(counted: pl.DataFrame, until: datetime) -> list[tuple[date, Counted]]:
    return [one for one in _months(counted, until.date()) if one[1].n >= LEAST_PAPERS_A_MONTH]


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
