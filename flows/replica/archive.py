"""The frozen Papers With Code archive of the replica's world: its two tables, and the shares that they hold."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from io import BytesIO
from random import Random
from typing import Any

import polars as pl

PAPERS = 3000
YEARS = 9
VENUES = {"NeurIPS": 12, "ICML": 7, "ICLR": 5, "CVPR": 6}
LINKS_FILE = "train-00000-of-00001.parquet"
PAPERS_FILES = tuple(f"train-0000{part}-of-00004.parquet" for part in range(4))
COLLECTION = pl.Struct(dict.fromkeys(("name", "description", "parent", "area"), pl.String))
TEXTS = ("name", "full_name", "description", "source_url", "source_title", "code_snippet_url")
METHOD = pl.Struct(dict.fromkeys(TEXTS, pl.String) | {"introduced_year": pl.Int64, "main_collection": COLLECTION})
PAPER_TYPES = {
    "authors": pl.List(pl.String),
    "tasks": pl.List(pl.String),
    "date": pl.Datetime("ms"),
    "methods": pl.List(METHOD),
}
Row = dict[str, Any]


@dataclass(frozen=True)
class Archive:
    """Links and papers, row by row as the dumps have them."""

    links: list[Row] = field(repr=False)
    papers: list[Row] = field(repr=False)

    def share(self, framework: str, venue: str, year: int, estimand: str = "E2", *, is_official: bool = False) -> float:
        """Return a framework's share of a venue's year: E1 of those with code, E2 of known, E3 of a pair, E4 of all."""
        urls = [paper["paper_url"] for paper in self.papers if self.is_of(paper, venue, year)]
        linked = self._official if is_official else self._frameworks
        known = [linked.get(url, []) for url in urls]
        if estimand == "E2":
            known = [[one for one in some if one != "none"] for some in known]
        if estimand == "E3":
            known = [[one for one in some if one in {"pytorch", "tf"}] for some in known]
        weights = [some.count(framework) / len(some) for some in known if some]
        below = len(urls) if estimand == "E4" else len(weights)
        return sum(weights) / below if below else 0.0

    @staticmethod
    def is_of(paper: Row, venue: str, year: int) -> bool:
        """Whether a paper stands in the main proceedings of a venue's year; workshops do not."""
        words = (paper["proceeding"] or "").split(" ")
        return len(words) == 3 and words[:2] == [venue, str(year)]

    @cached_property
    def _frameworks(self) -> Mapping[str, list[str]]:
        return _by_paper(self.links)

    @cached_property
    def _official(self) -> Mapping[str, list[str]]:
        return _by_paper([link for link in self.links if link["is_official"]])

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The Parquet files by name: links in one, papers in four."""
        quarter = -(-len(self.papers) // 4)
        parts = [self.papers[start : start + quarter] for start in range(0, len(self.papers), quarter)]
        links = pl.DataFrame(self.links, infer_schema_length=None)
        papers = {name: _paper_table(part) for name, part in zip(PAPERS_FILES, parts, strict=True)}
        return {name: _parquet(table) for name, table in ({LINKS_FILE: links} | papers).items()}


def _by_paper(links: list[Row]) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        found[link["paper_url"]].append(link["framework"])
    return found


def _paper_table(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: PAPER_TYPES.get(name, pl.String) for name in rows[0]})


def _parquet(table: pl.DataFrame) -> bytes:
    sink = BytesIO()
    table.write_parquet(sink, compression="zstd")
    return sink.getvalue()


def grow_archive(this_year: int, seed: int) -> Archive:
    """Publish 3,000 papers of four venues in the nine years before this one, two thirds of them with code.

    Upstream froze in July 2025; the invented one ends with last year, so that the demo never outlives it.
    """
    rng = Random(f"{seed}:papers")
    issues = [(venue, year) for year in range(this_year - YEARS, this_year) for venue in VENUES]
    papers = [_paper(rng, number, *rng.choice(issues)) for number in range(PAPERS)]
    links = [link for paper in papers if rng.random() < 0.67 for link in _links(rng, paper)]
    return Archive(links, papers)


def _paper(rng: Random, number: int, venue: str, year: int) -> Row:
    slug, arxiv = f"demo-paper-{number}", f"{year % 100:02d}{rng.randint(1, 12):02d}.{number:05d}"
    of_conference = f"http://proceedings.example/{slug}"
    return {
        "paper_url": f"https://paperswithcode.com/paper/{slug}",
        "arxiv_id": arxiv if rng.random() < 0.9 else None,
        "nips_id": None,
        "openreview_id": None,
        "title": f"Demo Paper {number}",
        "abstract": "Invented for the local replica.",
        "short_abstract": None,
        "url_abs": f"http://arxiv.org/abs/{arxiv}v1",
        "url_pdf": f"http://arxiv.org/pdf/{arxiv}v1.pdf",
        "proceeding": _proceeding(rng, venue, year),
        "authors": ["Ada Axon", "Alan Batch"],
        "tasks": ["Image Classification"] if number % 3 else ["Language Modelling", "Question Answering"],
        "date": datetime(year, 1, 1) + timedelta(days=rng.randrange(150)),
        "conference_url_abs": of_conference,
        "conference_url_pdf": f"{of_conference}.pdf",
        "conference": f"{slug}-1",
        "reproduces_paper": None,
        "methods": [_method()] if number % 5 == 0 else [],
    }


def _proceeding(rng: Random, venue: str, year: int) -> str | None:
    """Return the venue, the year and the month; sometimes a workshop, sometimes nothing."""
    draw = rng.random()
    if draw < 0.08:
        return None
    return f"{venue} Workshop DEMO {year} {VENUES[venue]}" if draw < 0.11 else f"{venue} {year} {VENUES[venue]}"


def _method() -> Row:
    texts = dict.fromkeys(TEXTS) | {"name": "Demo", "full_name": "Demo", "description": "Invented."}
    collection = {"name": "Demo", "description": "Invented.", "parent": None, "area": "General"}
    return texts | {"introduced_year": 2000, "main_collection": collection}


def _links(rng: Random, paper: Row) -> list[Row]:
    """One repository, or up to three; the first may be official."""
    year = paper["date"].year
    mix = framework_mix(year)
    return [
        {
            "paper_url": paper["paper_url"],
            "paper_title": paper["title"],
            "paper_arxiv_id": paper["arxiv_id"],
            "paper_url_abs": paper["url_abs"],
            "paper_url_pdf": paper["url_pdf"],
            "repo_url": f"https://github.com/demo/{paper['title'].lower().replace(' ', '-')}-{copy}",
            "is_official": copy == 0 and rng.random() < 0.7,
            "mentioned_in_paper": rng.random() < 0.4,
            "mentioned_in_github": rng.random() < 0.5,
            "framework": rng.choices(list(mix), list(mix.values()))[0],
        }
        for copy in range(rng.choices([1, 2, 3], [80, 14, 6])[0])
    ]


def framework_mix(year: int) -> dict[str, float]:
    """Return the chance of each framework value for code of that year; 40 % of all links name none."""
    age = min(max((year - 2017) / 5, 0.0), 1.0)
    named = {
        "pytorch": 0.15 + 0.62 * age,
        "tf": 0.62 - 0.52 * age,
        "jax": 0.09 * age,
        "mindspore": 0.012 if year >= 2020 else 0.0,
        "paddle": 0.015 if year >= 2019 else 0.0,
        "mxnet": 0.05 if year <= 2021 else 0.0,
        "torch": 0.12 if year <= 2018 else 0.0,
        "caffe2": 0.03 if year <= 2019 else 0.002,
    }
    scale = 0.6 / sum(named.values())
    return {framework: chance * scale for framework, chance in named.items()} | {"none": 0.4}
