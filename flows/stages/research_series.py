"""Shares of frameworks in research from files: our first estimate, beside the two older series."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from catalog.code_state import CodeState
from collectors.research.labelled import Labelled
from collectors.research.series import ArchivedLink, Mentions, read_archive, read_mentions
from flows.stages.research import MAIN, confusion_among_named, text_at
from scoring.derive.venue_shares import Read, Share, VenueSample, VenueShares, sampled_share, venue_shares

Row = dict[str, Any]
ALL_VENUES = "all"
ESTIMANDS = {"E1": "e1", "E2": "e2", "E2 corrected": "corrected", "E3": "e3"}


def mentions_at(path: Path) -> list[Mentions]:
    """Return the counts of mentions of a file."""
    return read_mentions(text_at(path).splitlines(), path.name)


def archive_at(path: Path) -> list[ArchivedLink]:
    """Return the archive's links of a file."""
    return read_archive(text_at(path).splitlines(), path.name)


def estimates(labelled: Sequence[Labelled]) -> Iterator[Row]:
    """Yield the shares among the labelled repositories of each venue-year, and of each year over all venues.

    Each repository stands for one paper of an endless population: nobody drew them by lot.
    """
    groups: dict[tuple[int, str], list[Labelled]] = defaultdict(list)
    for one in labelled:
        name, _, stated = (one.venue or "").rpartition(" ")
        if stated.isdigit() and not one.is_weak:
            groups[int(stated), name].append(one)
            groups[int(stated), ALL_VENUES].append(one)
    for (year, venue), some in sorted(groups.items()):
        papers = [[Read(one.verdict.state, one.verdict.main)] for one in some]
        for framework in MAIN:
            found = venue_shares(framework, VenueSample(None, None, papers), confusion_among_named(framework, labelled))
            yield from _rows({"series": "imports", "venue": venue, "year": year}, found)


def archived(links: Iterable[ArchivedLink]) -> Iterator[Row]:
    """Yield the shares among the archive's links, by the year of the paper's arXiv id."""
    years: dict[int, dict[str, list[Read]]] = defaultdict(lambda: defaultdict(list))
    for one in links:
        state = CodeState.NAMED if one.framework else CodeState.NO_FRAMEWORK
        years[one.year][one.paper].append(Read(state, one.framework))
    for year, papers in sorted(years.items()):
        for framework in MAIN:
            found = venue_shares(framework, VenueSample(None, None, list(papers.values())))
            yield from _rows({"series": "archive", "venue": ALL_VENUES, "year": year}, found)


def mentioned(counts: Iterable[Mentions]) -> Iterator[Row]:
    """Yield the share of PyTorch among mentions of PyTorch and TensorFlow: E3 alone."""
    for one in sorted(counts, key=lambda one: (one.year, one.venue)):
        n = one.pytorch + one.tf
        share = sampled_share([1.0] * one.pytorch + [0.0] * one.tf, n)
        if share:
            key = {"series": "mentions", "venue": one.venue, "year": one.year, "framework": "pytorch"}
            yield key | {"estimand": "E3"} | _told(share)


def _rows(key: Row, found: VenueShares) -> Iterator[Row]:
    for estimand, name in ESTIMANDS.items():
        if (share := getattr(found, name)) is not None:
            yield key | {"framework": found.framework, "estimand": estimand} | _told(share)


def _told(share: Share) -> Row:
    return {"value": share.value, "lo": share.lo, "hi": share.hi, "n": share.n}
