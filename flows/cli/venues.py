"""The commands on accepted papers of venues and on links to their code, from files, and on what the samples tell."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.arguments import Json, Wide
from flows.cli.research import research
from flows.cli.show import print_json, show
from flows.notes import note

__all__ = ["research"]

Lists = Annotated[Path, typer.Argument(metavar="PATH", help="Folder with lists of accepted papers and of their code.")]
ACCEPTED = ("venue", "year", "papers", "github_in_abstract", "file", "agreement", "same_titles")
WAYS = ("in_abstract", "in_field", "in_list", "list_on_github", "by_id", "by_title", "unmatched", "both", "union")
COVERED = ("venue", "year", "papers", *WAYS, "share", "in_all", "in_all_lo", "in_all_hi")
KEPT = ("venue", "year", "links", "kept", "repositories")


@research.command()
def venues(path: Lists, wide: Wide = False, as_json: Json = False) -> None:
    """Count the accepted papers of each venue's year, and say how far two lists of one year agree."""
    from collectors.venues.lists import accepted_counts
    from flows.stages.venue_lists import read_lists

    show(accepted_counts(read_lists(path)), ACCEPTED, as_json=as_json, title="Accepted papers")


@research.command()
def links(path: Lists, wide: Wide = False, as_json: Json = False) -> None:
    """Say how many papers have code by each way, and what became of the links: kept, or refused and why."""
    from collectors.venues.lists import coverage
    from flows.stages.venue_lists import links_of_papers, read_lists

    lists = read_lists(path)
    covered, cleaned = list(coverage(lists)), list(links_of_papers(lists))
    if as_json:
        print_json({"coverage": covered, "links": cleaned})
        return
    show(covered, COVERED, title="Papers with a link, by each way")
    reasons = sorted({reason for row in cleaned for reason in row["refused"]})
    print()
    rows = [row | {reason: row["refused"].get(reason, 0) for reason in reasons} for row in cleaned]
    show(rows, (*KEPT, *reasons), title="Links of the lists: kept, or refused and why")
    kept, all_links = sum(row["kept"] for row in cleaned), sum(row["links"] for row in cleaned)
    note(f"{kept:,} of {all_links:,} links lead to a repository of their paper; {all_links - kept:,} are refused")


@research.command()
def samples(wide: Wide = False, as_json: Json = False) -> None:
    """Show how far the sample of each venue's year is, what it came to, and each way's reach, from what is stored."""
    from flows.cli.arguments import load_settings
    from flows.stages.venue_samples import states

    found, ways = states(load_settings())
    if as_json:
        print_json({"samples": found, "ways": ways})
        return
    columns = ("venue", "year", "accepted", "drawn", "linked", "named", "no_link", "silent", "with_code", "counts")
    show(found, columns, title="Samples of venues' years")
    print()
    show(ways, ("venue", "year", "way", "papers", "asked", "linked", "share"), title="How far each way reaches")
