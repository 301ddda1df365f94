"""What a commit is about, by whole words of its first line: the words are data (topics.toml)."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import tomli

from catalog.metric import METRICS
from catalog.observation import Observation
from collectors.git.commit_windows import Authored, authors_of_year

PERFORMANCE, DOCUMENTATION = "performance", "documentation"
COMMITS = {topic: METRICS[f"github.{topic}_commits_365d"] for topic in (PERFORMANCE, DOCUMENTATION)}
AUTHORS = METRICS["github.performance_authors_365d"]
WORD = re.compile(r"[a-z]+")
NOTHING: frozenset[str] = frozenset()


class Titled(Authored, Protocol):
    """A commit whose topics are known."""

    @property
    def topics(self) -> frozenset[str]:
        """What its first line speaks of."""


def topics_of(title: str) -> frozenset[str]:
    """Return the topics that the first line of a commit speaks of."""
    words = set(WORD.findall(title.lower()))
    return frozenset(topic for topic, known in _words().items() if words & known) if words else NOTHING


def observe_topics(
    subject: str, people: Sequence[Titled], moments: Sequence[datetime], **more: Any
) -> Iterator[list[Observation]]:
    """Yield, for each moment, the commits of 365 days about each topic, and who wrote them; all in order of time."""
    about = [[one for one in people if topic in one.topics] for topic in COMMITS]
    by_author = zip(*(authors_of_year(some, moments) for some in about), strict=True)
    for valid_at, counts in zip(moments, by_author, strict=True):
        commits = {topic: counter.total() for topic, counter in zip(COMMITS, counts, strict=True)}
        authors = len(counts[list(COMMITS).index(PERFORMANCE)])
        found = [metric.of(subject, valid_at, commits[topic], **more) for topic, metric in COMMITS.items()]
        yield [*found, AUTHORS.of(subject, valid_at, authors, n=commits[PERFORMANCE], **more)]


@cache
def _words() -> dict[str, frozenset[str]]:
    table = tomli.loads(files("collectors.git").joinpath("topics.toml").read_text(encoding="utf-8"))
    return {topic: frozenset(table[topic]) for topic in (PERFORMANCE, DOCUMENTATION)}
