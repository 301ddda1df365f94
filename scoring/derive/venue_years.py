"""Shares of frameworks among the papers of venues' years, and why some are missing, from counts and drawn papers."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.classifier import measured_counts
from catalog.code_state import CodeState
from catalog.editions import Edition, editions
from catalog.metric import METRICS
from catalog.observation import Observation, Reason, Status
from catalog.statistics import weighted_mean
from catalog.subject import Subject
from catalog.venues import RECENCY
from scoring.derive.venue_shares import Confusion, Read, Share, VenueSample, venue_shares

VENUE_SHARE = METRICS["papers.venue_share"]
LEAST_PAPERS = 20
OTHER = "other"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Drawn:
    """A venue's year with its sample: how many papers were accepted, and what each drawn one came to."""

    edition: Edition
    accepted: int
    papers: Sequence[Row]
    evidence: Mapping[str, Any]

    def sample(self, library: str | None = None) -> VenueSample:
        """Return the sample as shares are taken from it; for a library, what imports it counts as its own."""
        linked = [row for row in self.papers if row["state"]]
        reads = [[Read(CodeState(row["state"]), _main(row, library))] for row in linked]
        return VenueSample(self.accepted, round(self.accepted * len(linked) / len(self.papers)), reads)


def _main(row: Row, library: str | None) -> str | None:
    if library is None or row["state"] != CodeState.NAMED:
        main: str | None = row["main"]
        return main
    return library if library in json.loads(row["libraries"] or "{}") else OTHER


def year_observations(
    counts: Sequence[Row], papers: Sequence[Row], subjects: Sequence[Subject], now: datetime
) -> Iterator[Observation]:
    """Yield the shares of every venue's year that is known, and why those are missing whose lists do not agree.

    `counts` has what each list of a year holds, `papers` the drawn papers with state and main framework of their code.
    """
    told, samples = _by_edition(counts), _by_edition(papers)
    known = [_drawn(one, samples[one.id], told[one.id]) for one in editions() if one.id in samples]
    for subject in subjects:
        for edition in (one for one in editions() if one.id in told and not told[one.id][0]["is_accepted"]):
            yield from _not_counted(subject, edition, told[edition.id])
        for edition in (one for one in editions() if one.id in told and one.id not in samples):
            if told[edition.id][0]["is_accepted"]:
                yield from _not_drawn(subject, edition)
        for drawn in known:
            yield from _of_year(subject, drawn)
        yield from _by_recency(subject, known, now)


def _by_edition(found: Sequence[Row]) -> dict[str, list[Row]]:
    by: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        by[f"{row['venue']}-{row['year']}"].append(row)
    return by


def _drawn(edition: Edition, papers: Sequence[Row], counts: Sequence[Row]) -> Drawn:
    listed = next((row for row in counts if row["source"] == "openreview"), {})
    evidence = {"url": listed.get("url"), "raw_sha256": listed.get("raw_sha256")}
    return Drawn(edition, papers[0]["accepted"], papers, evidence)


def _not_counted(subject: Subject, edition: Edition, counts: Sequence[Row]) -> Iterator[Observation]:
    """Yield that a share is missing where two lists do not agree, with what each of them says."""
    metric = METRICS[f"papers.share_{edition.venue}_{edition.year}"]
    if not subject.is_asked(metric):
        return
    told = "; ".join(f"{row['source']} {_told(row)}" for row in counts)
    first = next((row for row in counts if row["source"] == "openreview"), counts[0])
    reason = Reason(first["reason"]) if first["reason"] else Reason.INCOMPLETE
    more = {"definition": f"{metric.definition};{told}", "url": first["url"], "raw_sha256": first["raw_sha256"]}
    yield metric.missing(subject.id, edition.valid_at, reason, n=first["papers"], **more)


def _not_drawn(subject: Subject, edition: Edition) -> Iterator[Observation]:
    """Yield that a share is missing of whose papers none is looked up and read yet."""
    metric = METRICS[f"papers.share_{edition.venue}_{edition.year}"]
    if subject.is_asked(metric):
        yield metric.missing(subject.id, edition.valid_at, Reason.INCOMPLETE, n=0)


def _told(row: Row) -> str:
    """Return what one list says: a number, a number of a larger one where it broke off, or why none."""
    if row["papers"] is None:
        return str(row["reason"])
    return f"{row['papers']} of {row['told']}" if row["told"] else str(row["papers"])


def _of_year(subject: Subject, drawn: Drawn) -> Iterator[Observation]:
    """Yield the four shares of a framework in a venue's year, e2 under the plain name, with what bounds it."""
    name = f"papers.share_{drawn.edition.venue}_{drawn.edition.year}"
    if not subject.is_asked(METRICS[name]):
        return
    counts = measured_counts(_framework(subject))
    found = venue_shares(_framework(subject), drawn.sample(), Confusion(**counts) if counts else None)
    if found.e2 is None or found.e2.n < LEAST_PAPERS:
        more = {"n": found.e2.n if found.e2 else 0, **drawn.evidence}
        yield METRICS[name].missing(subject.id, drawn.edition.valid_at, Reason.INCOMPLETE, **more)
        return
    shares = {"": found.e2, "_e1": found.e1, "_e3": found.e3, "_e4": found.e4, "_corrected": found.corrected}
    if found.bounds:
        shares["_bounds"] = Share(found.bounds[0], *found.bounds, drawn.accepted)
    for variant, share in shares.items():
        if share is not None:
            yield _observed(METRICS[f"{name}{variant}"], subject, drawn, share)


def _observed(metric: Any, subject: Subject, drawn: Drawn, share: Share) -> Observation:
    definition = f"{metric.definition};{len(drawn.papers)} of {drawn.accepted} drawn"
    more = {"n": share.n, "lo": share.lo, "hi": share.hi, "status": Status.DERIVED, "definition": definition}
    found: Observation = metric.of(subject.id, drawn.edition.valid_at, share.value, **more, **drawn.evidence)
    return found


def _framework(subject: Subject) -> str:
    return (subject.papers_framework or "").lower()


def _by_recency(subject: Subject, known: Sequence[Drawn], now: datetime) -> Iterator[Observation]:
    """Yield the share over the three newest years that are known, as of each of them, the newest counting most."""
    if not subject.is_asked(VENUE_SHARE):
        return
    told = [(one, share) for one in known if (share := _own(subject, one)) and share.n >= LEAST_PAPERS]
    for place, (newest, _) in enumerate(told):
        some = told[place : place + len(RECENCY)]
        value, lo, hi = weighted_mean([(one.value, one.lo, one.hi) for _, one in some], RECENCY[: len(some)])
        years = ", ".join(one.edition.id for one, _ in some)
        n = sum(share.n for _, share in some)
        more = {"n": n, "lo": lo, "hi": hi, "definition": f"{VENUE_SHARE.definition};{years}"}
        if newest.edition.valid_at <= now:
            yield VENUE_SHARE.of(subject.id, newest.edition.valid_at, value, status=Status.DERIVED, **more)


def _own(subject: Subject, drawn: Drawn) -> Share | None:
    if subject.papers_framework:
        return venue_shares(_framework(subject), drawn.sample()).e2
    return venue_shares(subject.id, drawn.sample(subject.id)).e2
