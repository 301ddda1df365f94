"""The accepted papers of the replica's world: invented from the name of a venue's year alone, with their code."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from catalog.editions import Edition, editions

OWNER = "demo-venues"
PAPERS = 64
OLD_API_YEAR = 2023
KINDS: dict[str, tuple[float, str, str | None, dict[str, str] | None]] = {
    "torch": (
        0.46,
        "named",
        "pytorch",
        {"train.py": "import torch\nfrom torch import nn\n", "src/net.py": "import torch\nimport transformers\n"},
    ),
    "jax": (
        0.10,
        "named",
        "jax",
        {"main.py": "import jax.numpy as jnp\n", "src/lib/flow.py": "import jax\nimport flax.linen\n"},
    ),
    "tf": (0.07, "named", "tf", {"run.py": "import tensorflow as tf\n", "README.md": "# DEMO\n"}),
    "both": (
        0.05,
        "named",
        "pytorch",
        {"a.py": "import torch\n", "b.py": "import torch\n", "c.py": "import tensorflow\n"},
    ),
    "plain": (0.08, "no_framework", None, {"fit.py": "import numpy as np\n", "README.md": "# DEMO\n"}),
    "cpp": (0.06, "other_language", None, {"main.cpp": "int main() { return 0; }\n", "README.md": "# DEMO\n"}),
    "soon": (0.11, "no_code", None, {"README.md": "# DEMO: code will come\n"}),
    "gone": (0.07, "gone", None, None),
}
"""Kinds of repositories: how often, the state and main framework that is true of them, and their files by path."""

WAYS = ("paperswithcode", "huggingface", "abstract", "openreview")
CHANCES = {"paperswithcode": 0.35, "huggingface": 0.25, "abstract": 0.2, "openreview": 0.12}


@dataclass(frozen=True)
class VenuePaper:
    """One accepted paper: its track, its arXiv id if it has one, the kind of its code, and the ways that tell of it."""

    id: str
    number: int
    title: str
    track: str
    arxiv_id: str | None
    kind: str
    ways: tuple[str, ...]
    dirt: str = ""

    @property
    def repository(self) -> str:
        """The name of its repository, whether or not anybody tells it."""
        return f"{OWNER}/{self.id}"

    @property
    def address(self) -> str:
        """The address of its repository as the ways tell it: at times with dirt behind it."""
        return f"https://github.com/{self.repository}{self.dirt}"

    @property
    def link(self) -> str | None:
        """The way by which its repository is found; None where nobody tells it."""
        told = [way for way in WAYS if way in self.ways and (self.arxiv_id or way in {"abstract", "openreview"})]
        return told[0] if told else None


@cache
def papers_of(edition_id: str) -> tuple[VenuePaper, ...]:
    """Return the accepted papers of a venue's year; none for a year that the catalog does not have."""
    found = next((one for one in editions() if one.id == edition_id), None)
    if found is None:
        return ()
    rng = Random(f"venue:{edition_id}")
    return tuple(_paper(rng, found, number) for number in range(PAPERS))


def _paper(rng: Random, edition: Edition, number: int) -> VenuePaper:
    kind = rng.choices(list(KINDS), [one[0] for one in KINDS.values()])[0]
    place = sorted(one.id for one in editions()).index(edition.id)
    arxiv_id = f"{edition.year % 100:02}01.9{place:02}{number:02}" if rng.random() < 0.85 else None
    ways = tuple(way for way, chance in CHANCES.items() if rng.random() < chance)
    group = edition.groups[1] if len(edition.groups) > 1 and rng.random() < 0.1 else edition.groups[0]
    dirt = rng.choices(["", ".git", "/tree/main/code", "}{https:"], [80, 8, 8, 4])[0]
    id_ = f"{edition.id}-{number}"
    return VenuePaper(id_, number, f"DEMO: Paper {number} of {edition.id}", group, arxiv_id, kind, ways, dirt)


def by_arxiv(arxiv_id: str) -> VenuePaper | None:
    """Return the paper with that arXiv id."""
    return _arxiv().get(arxiv_id)


@cache
def _arxiv() -> dict[str, VenuePaper]:
    return {one.arxiv_id: one for edition in editions() for one in papers_of(edition.id) if one.arxiv_id}


@cache
def _repositories() -> dict[str, VenuePaper]:
    return {one.repository: one for edition in editions() for one in papers_of(edition.id)}


def files_of(full_name: str) -> Mapping[str, str] | None:
    """Return the files of a paper's repository by path; nothing for one that is gone or that no paper has."""
    found = _repositories().get(full_name.lower())
    return KINDS[found.kind][3] if found else None


def state_of(paper: VenuePaper) -> tuple[str, str | None]:
    """Return the state that is true of a paper's repository, and its main framework."""
    return KINDS[paper.kind][1], KINDS[paper.kind][2]


def linked(edition_id: str) -> list[VenuePaper]:
    """Return the papers of a year whose repository somebody tells."""
    return [one for one in papers_of(edition_id) if one.link]


def share(framework: str, edition_id: str, estimand: str = "e2") -> float:
    """Return the true share of a framework among a year's papers by main framework."""
    found = Counter(state_of(one)[1] for one in linked(edition_id))
    base = {
        "e1": sum(found.values()),
        "e2": sum(number for name, number in found.items() if name),
        "e3": found[framework] + found["tf" if framework == "pytorch" else "pytorch"],
        "e4": len(papers_of(edition_id)),
    }[estimand]
    return found[framework] / base


def causes(edition_id: str) -> dict[str, int]:
    """Return how many papers name no framework, by cause."""
    states = [state_of(one)[0] if one.link else "no_link" for one in papers_of(edition_id)]
    return {name: number for name, number in Counter(states).items() if name != "named"}
