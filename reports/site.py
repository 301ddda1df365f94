"""The static site: every page stands in one folder, asks no other host, and works from disk."""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

from reports.card import SCHEMA, WORDS, as_json, environment, schema, words_of
from reports.card_facts import DIMENSIONS, TAKE, CardFacts
from reports.explore import questions, tables
from reports.site_changes import figure_changes, ranked_changes
from reports.site_facts import SiteFacts
from reports.site_figures import figure_plots, share_plots
from reports.site_files import Content, Parts, citation_bibtex, citation_cff, data_files, subject_files
from reports.site_kept import KeptFacts
from reports.site_subject import score_plots, waterfall

ASSETS = ("site.js", "compare.js", "explore.js", "uplot.js", "uplot.css", "research.svg")
EXPLORE = "explore"
OWN_PAGES = ("index", "compare", "changes", "quality", "method", "downloads")


def pages(blocks: Iterable[SiteFacts]) -> Iterator[tuple[str, Content]]:
    """Yield every file of the site by its name, one by one.

    The subjects come in blocks, in the order of their names, each with what the site says beyond subjects; of a block
    whose own pages are written little stays. At least one block is needed, which may be without subjects.
    """
    kept = KeptFacts()
    for site in blocks:
        yield from _pages_of_subjects(site)
        kept.add(site)
        beyond = site.beyond_subjects
        del site  # before the next block is made
    yield from _pages_of_all(beyond, kept)


def _pages_of_subjects(site: SiteFacts) -> Iterator[tuple[str, Content]]:
    """Yield the files of each subject of a block."""
    for card in site.cards:
        yield page_of(card.subject), _subject_page(site, card)
        yield f"{card.subject}.json", as_json(card)
        yield from subject_files(site, card)


def _pages_of_all(site: SiteFacts, kept: KeptFacts) -> Iterator[tuple[str, Content]]:
    """Yield what the site says of everybody together."""
    board, count = kept.ranked, len(kept.board)
    scores = ranked_changes(kept.changes)
    kinds = list(dict.fromkeys(row["kind"] for row in board))
    more: dict[str, dict[str, Any]] = {
        "index": {
            "board": {kind: [row for row in board if row["kind"] == kind] for kind in kinds},
            "any_score": any(row["card"].score["speed_score"] is not None for row in board),
        },
        "compare": {"board": board},
        "changes": {"scores": scores, "figures": figure_changes(site, kept.names, kept.units)},
        "quality": {"names": kept.names},
        "method": {"rows": site.method},
        "downloads": {"bibtex": citation_bibtex(site), "board": board, "tables": kept.tables,
                      "with_scores": kept.with_scores},
    }  # fmt: skip
    for name in OWN_PAGES:
        yield f"{name}.html", _page(name, site, **more[name])
    yield SCHEMA, schema()
    texts = []
    for name, content in data_files(kept):
        yield name, content
        texts += [content] if isinstance(content, Parts) and name.endswith(".csv") else []
    if site.duckdb_bytes:
        leaders = [row["card"].subject for row in board[:2]]
        data_bytes = sum(len(part) for text in texts for part in text)
        told = {"tables": tables(kept), "questions": questions(kept, leaders), "data_bytes": data_bytes}
        yield f"{EXPLORE}.html", _page(EXPLORE, site, **told)
    yield "feed.atom", _page_of_template("feed.atom.j2", site, scores=scores)
    yield "CITATION.cff", citation_cff(site, count)
    yield "citation.bib", citation_bibtex(site)
    yield "assets/site.css", files("reports").joinpath("templates/style.css").read_text(encoding="utf-8")
    for asset in ASSETS:
        yield f"assets/{asset}", files("reports").joinpath("assets", asset).read_text(encoding="utf-8")


def first_page() -> str:
    """Return the name of the page to open."""
    return f"{OWN_PAGES[0]}.html"


def page_of(subject: str) -> str:
    """Return the file of a subject's page; one that is called like a page of the site gets a dash."""
    return f"{subject}-.html" if subject in (*OWN_PAGES, EXPLORE) else f"{subject}.html"


def _subject_page(site: SiteFacts, card: CardFacts) -> str:
    return _page(
        "subject",
        site,
        **words_of(card),
        scores=score_plots(site, card),
        figure_plots=figure_plots(site, card),
        shares=share_plots(site, card),
        waterfall=waterfall(site, card),
        kind=site.kinds.get(card.subject, ""),
        events=site.events_of(card.subject),
        page=page_of(card.subject),
    )


def _page(name: str, site: SiteFacts, **more: Any) -> str:
    return _page_of_template(f"{name}.html.j2", site, active=name, **more)


def _page_of_template(template: str, site: SiteFacts, **more: Any) -> str:
    told = {"site": site, "titles": DIMENSIONS, "words": WORDS, "take": TAKE, "page_of": page_of}
    return environment().get_template(template).render(told | more)
