"""What one source has given so far: packed as it comes, so that a night holds no list of all of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.metric import Metric, family
from catalog.observation import Observation
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.upstream import Found, Papers
from warehouse.facts import packed_facts
from warehouse.frame import packed
from warehouse.packed import Packed


class Gathered:
    """Observations and finer facts on their way to the landing, the papers to read, and which cells were spoken of."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.observations: Packed[Observation] = packed()
        self.papers: list[Papers] = []
        self._facts: dict[str, Packed[Mapping[str, Any]]] = {}
        self._said: dict[str, set[str]] = defaultdict(set)

    def take(self, found: Iterable[Found]) -> None:
        """Take what comes, one by one."""
        for one in found:
            if isinstance(one, Observation):
                self._said[family(one.metric)].add(one.subject)
                self.observations.append(one)
            elif isinstance(one, Rows):
                self._facts.setdefault(one.table, packed_facts(one.table)).extend(one.rows)
            else:
                self.papers.append(one)

    @property
    def facts(self) -> Iterator[Rows]:
        """The finer facts, all of a table together."""
        return (Rows(table, rows) for table, rows in self._facts.items())

    def silent(self, asked: Sequence[Subject], metrics: Sequence[Metric]) -> list[tuple[Subject, Metric]]:
        """Return the cells of which nothing was said."""
        said = self._said
        return [(one, metric) for one in asked for metric in metrics if one.id not in said.get(metric.name, ())]
