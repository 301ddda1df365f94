"""The past of the import share: what the frozen archive's venues say, pooled, at the end of each venue year.

The archive names one framework per repository, so it tells of frameworks alone. A pooled share holds for 400 days,
until the same venues come again; the archive ends in 2025-07 and is never spliced into the daily papers.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation, Status
from catalog.statistics import theil_sen, weighted_mean, wilson
from catalog.subject import Subject
from catalog.venues import RECENCY

SHARE, SLOPE = METRICS["papers.import_share"], METRICS["papers.import_slope"]
VENUE_SHARE = METRICS["papers.venue_share"]
POOLED = timedelta(days=400)
LEAST_PAPERS = 20
SLOPE_YEARS = 5
LEAST_SHARE = 0.001
SOURCE = "pwc"
Row = Mapping[str, Any]


def archived_import_shares(subject: Subject, own: Sequence[Row], evidence: Mapping[str, Any]) -> Iterator[Observation]:
    """Yield shares and slope at the end of each venue year; `own` has year, n, share and valid_at."""
    for valid_at in sorted({row["valid_at"] for row in own}):
        share, n = _pooled([row for row in own if valid_at - POOLED < row["valid_at"] <= valid_at])
        more = {"status": Status.DERIVED, "method": "archived", "source": SOURCE, **evidence}
        more["valid_until"] = valid_at + POOLED
        if n >= LEAST_PAPERS:
            lo, hi = wilson(share, n)
            yield SHARE.of(subject.id, valid_at, share, n=n, lo=lo, hi=hi, definition="import_share@pwc", **more)
        points = list(_yearly(own, valid_at))
        slope = theil_sen(points)
        if slope is not None:
            yield SLOPE.of(subject.id, valid_at, slope, n=len(points), definition="import_slope@pwc", **more)


def archived_venue_shares(subject: Subject, own: Sequence[Row], evidence: Mapping[str, Any]) -> Iterator[Observation]:
    """Yield the share over the three newest venue years at the end of each of them, the newest counting most.

    `own` has venue, year, n, share and valid_at. A definition of its own: labels of the archive, never joined to ours.
    """
    known = sorted((row for row in own if row["n"] >= LEAST_PAPERS), key=lambda row: (row["valid_at"], row["venue"]))
    for end in range(1, len(known) + 1):
        some = known[max(0, end - len(RECENCY)) : end][::-1]
        if end < len(known) and known[end]["valid_at"] == some[0]["valid_at"]:
            continue
        shares = [(row["share"], *wilson(row["share"], row["n"])) for row in some]
        value, lo, hi = weighted_mean(shares, RECENCY[: len(some)])
        valid_at, n = some[0]["valid_at"], sum(row["n"] for row in some)
        more = {
            "status": Status.DERIVED,
            "method": "archived",
            "source": SOURCE,
            **evidence,
            "n": n,
            "lo": lo,
            "hi": hi,
        }
        more |= {"valid_until": valid_at + POOLED, "definition": "venue_share@pwc"}
        yield VENUE_SHARE.of(subject.id, valid_at, value, **more)


def _yearly(own: Sequence[Row], valid_at: datetime) -> Iterator[tuple[float, float]]:
    """Yield the logarithm of the pooled share of each of the last five years that tell enough."""
    known = [row for row in own if row["valid_at"] <= valid_at]
    newest = max(row["year"] for row in known)
    for year in range(newest - SLOPE_YEARS + 1, newest + 1):
        share, n = _pooled([row for row in known if row["year"] == year])
        if n >= LEAST_PAPERS:
            yield float(year), math.log(max(share, LEAST_SHARE))


def _pooled(some: Sequence[Row]) -> tuple[float, int]:
    """Return the share over all papers of the venue years, and their number."""
    n = sum(row["n"] for row in some)
    return (sum(row["share"] * row["n"] for row in some) / n if n else 0.0), n
