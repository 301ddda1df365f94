"""What is due tonight of a venue's papers: which are looked up, which repositories are read, and which again."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from catalog.editions import Edition, editions
from collectors.venues.addresses import MOST_PAPERS
from collectors.venues.links import ASKED, WAYS, Link

SAMPLE = 400
ASK_LIST_AGAIN = timedelta(days=7)
READ_AGAIN = {"unreadable": (timedelta(days=7),), "no_code": (timedelta(days=90), timedelta(days=365))}
PUSH_CYCLE_D = 60
SETTLED_D = 30
Memory = Mapping[str, Mapping[str, Any]]


@dataclass
class Known:
    """A paper as it is known: its place in the order of drawing, its arXiv id, and its links by way."""

    id: str
    place: str
    arxiv_id: str | None = None
    links: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))

    def add(self, link: Link) -> None:
        """Keep one more link."""
        self.links[link.way].append(link)

    def lacks(self) -> Iterator[str]:
        """Yield the ways that are still to be asked, in order: a later one only where an earlier one knew none."""
        for way in ASKED if self.arxiv_id else ():
            if way not in self.links:
                yield way
            if any(link.repository for link in self.links.get(way, ())):
                return

    def repository(self, shared: frozenset[str] = frozenset()) -> str | None:
        """Return the repository of the first way that names one, the authors' own first."""
        for way in WAYS:
            named = [link for link in self.links.get(way, ()) if link.repository and link.repository not in shared]
            if named:
                return min(named, key=lambda link: not link.is_official).repository
        return None


def lists_due(memory: Memory, now: datetime) -> list[Edition]:
    """Return the years whose lists are asked for tonight: those over, not agreed on, and not asked within a week."""
    known = memory.get("venue_lists", {})
    over = (one for one in editions() if one.ends_on < now.date())
    return [one for one in over if _is_due(known.get(one.id, {}), ("is_accepted",), "asked_at", now)]


def indexes_due(memory: Memory, accepted: Sequence[Edition], now: datetime) -> list[Edition]:
    """Return the years whose arXiv ids are asked for tonight."""
    known = memory.get("venue_lists", {})
    return [one for one in accepted if _is_due(known.get(one.id, {}), ("is_indexed",), "index_asked_at", now)]


def _is_due(row: Mapping[str, Any], done: Sequence[str], asked: str, now: datetime) -> bool:
    at = row.get(asked)
    return not any(row.get(name) for name in done) and (at is None or now - at >= ASK_LIST_AGAIN)


def accepted_years(memory: Memory) -> list[Edition]:
    """Return the years whose papers are known."""
    known = memory.get("venue_lists", {})
    return [one for one in editions() if known.get(one.id, {}).get("is_accepted")]


def known_papers(memory: Memory, edition: Edition) -> list[Known]:
    """Return the papers of a year as the warehouse knows them, in the order in which they are drawn."""
    found: dict[str, Known] = {}
    for row in memory.get("venue_papers", {}).get(edition.id, ()):
        paper = found.setdefault(row["paper_id"], Known(row["paper_id"], row["place"], row["arxiv_id"]))
        if row["way"]:
            names = ("paper_id", "way", "seen_on", "address", "repository", "refusal", "is_official")
            paper.add(Link(**{name: row[name] for name in names}))
    return in_order(found.values())


def in_order(papers: Any) -> list[Known]:
    """Return papers in the order in which they are drawn."""
    return sorted(papers, key=lambda one: (one.place, one.id))


def shared_repositories(papers: Sequence[Known]) -> frozenset[str]:
    """Return the repositories that more papers name than one repository is written for."""
    named: dict[str, set[str]] = defaultdict(set)
    for paper in papers:
        for link in (link for links in paper.links.values() for link in links if link.repository):
            named[str(link.repository)].add(paper.id)
    return frozenset(name for name, ids in named.items() if len(ids) > MOST_PAPERS)


def sample(papers: Sequence[Known], size: int = SAMPLE) -> tuple[list[Known], list[Known]]:
    """Return the first papers with a repository, up to `size`, and those up to the last of them to be looked up.

    Papers that stand in the order before one that is not looked up are sure to be drawn.
    """
    shared = shared_repositories(papers)
    drawn: list[Known] = []
    lacking: list[Known] = []
    for paper in papers:
        if len(drawn) + len(lacking) >= size:
            break
        if any(paper.lacks()):
            lacking.append(paper)
        elif paper.repository(shared):
            drawn.append(paper)
    return drawn, lacking


def repositories_due(names: Sequence[str], memory: Memory, now: datetime) -> list[str]:
    """Return the repositories that are read tonight: never read ones, unreadable ones, those that held no code."""
    known = memory.get("code_verdicts", {})
    return [name for name in dict.fromkeys(names) if name not in known or _again(known[name], now)]


def _again(row: Mapping[str, Any], now: datetime) -> bool:
    """Return whether a verdict has to be found anew: so long after the first one that said so."""
    since = row["first_read_at"]
    return any(row["read_at"] < since + after <= now for after in READ_AGAIN.get(row["state"], ()))


def pushes_due(names: Sequence[str], memory: Memory, today: date) -> list[str]:
    """Return the repositories that are asked tonight whether somebody pushed: a sixtieth of those read long ago."""
    known = memory.get("code_verdicts", {})
    turn = today.toordinal() % PUSH_CYCLE_D
    return [
        name
        for place, name in enumerate(sorted(set(names) & set(known)))
        if _turn(place) == turn and _is_old(known[name], today)
    ]


def _turn(place: int) -> int:
    return place % PUSH_CYCLE_D


def _is_old(row: Mapping[str, Any], today: date) -> bool:
    return bool(row["state"] != "unreadable" and (today - row["read_at"].date()).days >= SETTLED_D)
