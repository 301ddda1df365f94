"""Which frameworks the papers of a venue's year use: who was accepted, where the code is, what the code imports.

Each night does a bounded part of it, and the warehouse remembers what is done; a year that is known costs next to
nothing (docs/venues.md). Papers are drawn in a fixed order, as good as by lot, until 400 of a year have code.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from catalog.editions import editions
from catalog.load import load_catalog
from catalog.metric import METRICS
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.missing import Cell, missing
from collectors.paper_code.repositories import TREES_A_QUERY
from collectors.source import Address, Cost, Source
from collectors.upstream import Found, Memory, Upstream
from collectors.venues.due import (
    Known,
    accepted_years,
    indexes_due,
    known_papers,
    lists_due,
    pushes_due,
    repositories_due,
    sample,
)
from collectors.venues.night import (
    CLONED_A_NIGHT,
    LISTS_A_NIGHT,
    LOOKUPS_A_NIGHT,
    READ_A_NIGHT,
    Night,
    bring_index,
    bring_list,
    is_off,
    look_up,
    read_code,
    titles_of,
)

LEFT = METRICS["venues.papers_left"]
CALLS_A_LIST, CALLS_AN_INDEX, QUERIES_A_BATCH = 9, 60, 4  # about


def collect(subjects: Sequence[Subject], upstream: Upstream, valid_at: datetime) -> Iterator[Found]:
    """Do tonight's part: lists that are due, look-ups in the order of drawing, the code of the papers drawn."""
    night = _begin(upstream, valid_at)
    titles: dict[str, dict[str, str]] = {}
    for edition in lists_due(upstream.memory, valid_at)[:LISTS_A_NIGHT]:
        for rows in bring_list(edition, night):
            if rows.table == "accepted_paper":
                titles[edition.id] = titles_of(rows.rows)
            yield rows
        if any(map(is_off, night.lost.values())):
            break
    yield from _indexes(titles, night)
    drawn: list[str] = []
    for edition in (one for one in editions() if night.is_ready(one)):
        yield from look_up(edition, night)
        drawn += night.drawn(edition)
    yield from read_code(drawn, night)
    yield from _said(subjects, night)


def _begin(upstream: Upstream, now: datetime) -> Night:
    frameworks = frozenset(name.lower() for one in load_catalog().subjects for name in one.github_names)
    papers = {one.id: known_papers(upstream.memory, one) for one in accepted_years(upstream.memory)}
    return Night(upstream, now, frameworks, papers)


def _indexes(titles: dict[str, dict[str, str]], night: Night) -> Iterator[Rows]:
    memory = night.upstream.memory
    due = indexes_due(memory, [one for one in editions() if one.id in night.papers], night.now)
    for edition in due[:LISTS_A_NIGHT]:
        known = titles.get(edition.id) or titles_of(memory.get("venue_papers", {}).get(edition.id, ()))
        yield from bring_index(edition, known, night)


def _said(subjects: Sequence[Subject], night: Night) -> Iterator[Found]:
    """Say of each subject how many papers are still to be looked up, or why a step broke off."""
    first = next(iter(night.lost.values()), None)
    if first is not None:
        yield from missing(subjects, [LEFT], night.now, first)
        return
    left = sum(len(sample(papers)[1]) for papers in night.papers.values())
    for subject in subjects:
        yield LEFT.of(subject.id, night.now, left)


def turns(subjects: Sequence[Subject], _memory: object, _now: object) -> Iterator[Cell]:
    """Yield every subject: each night says how much is left."""
    yield from ((one, LEFT) for one in subjects)


def costs(subjects: Sequence[Subject], memory: Memory, has_token: bool) -> list[Cost]:  # noqa: FBT001 - the contract
    """Return what tonight asks at most: lists and their indexes, look-ups, and batches of repositories."""
    if not subjects:
        return []
    now = memory["venue_lists"][""]["now"]
    night_papers = {one.id: known_papers(memory, one) for one in accepted_years(memory)}
    lists = len(lists_due(memory, now)[:LISTS_A_NIGHT])
    lacking = sum(len(sample(papers)[1]) for papers in night_papers.values())
    lookups = LOOKUPS_A_NIGHT if lists else min(LOOKUPS_A_NIGHT, 2 * lacking)
    return [
        Cost("openreview and venue sites", lists * CALLS_A_LIST),
        Cost("paperswithcode.co and hugging face papers", lists * CALLS_AN_INDEX + lookups),
        *_costs_of_code(memory, night_papers, now, has_token),
    ]


def _costs_of_code(memory: Memory, papers: dict[str, list[Known]], now: datetime, has_token: bool) -> list[Cost]:  # noqa: FBT001
    """Return the queries of GraphQL for trees, texts and heads, or the clones where there is no token."""
    drawn = [name for known in papers.values() for one in sample(known)[0] if (name := one.repository())]
    due = len(repositories_due(drawn, memory, now))
    if not has_token:
        return [Cost("shallow clones", min(due, CLONED_A_NIGHT))]
    heads = pushes_due(drawn, memory, now.date())
    batches = -(-min(due + bool(heads) * TREES_A_QUERY, READ_A_NIGHT) // TREES_A_QUERY)
    return [Cost("github graphql", QUERIES_A_BATCH * batches + bool(heads))]


source = Source(
    "venues",
    collect,
    (),
    costs,
    sometimes=(LEFT,),
    address=Address("openreview_url", "https://api2.openreview.net"),
    asks_github=True,
    turns=turns,
    recalls=("venues",),
    beside=(
        Address("openreview_v1_url", "https://api.openreview.net"),
        Address("paperswithcode_url", "https://paperswithcode.co/api/v1"),
        Address("venue_site_url", "https://{venue}.cc"),
        Address("pmlr_url", "https://proceedings.mlr.press"),
        Address("huggingface_url", "https://huggingface.co"),
    ),
)
