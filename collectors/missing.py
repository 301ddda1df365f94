"""What a source did not tell, and why: whatever is odd costs only its own cells, and each cause is told once."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product

from catalog.metric import Metric
from catalog.observation import Observation
from catalog.subject import Subject
from catalog.wording import some
from collectors.errors import SourceError
from collectors.reading import Told, Unread

log = logging.getLogger(__name__)
Cell = tuple[Subject, Metric]


@dataclass
class Causes:
    """The cells that were not told, by what they lack."""

    cells: dict[str, tuple[SourceError, list[Cell]]] = field(default_factory=dict)

    def add(self, error: SourceError, cells: Iterable[Cell]) -> None:
        """Note what was not told for a cause."""
        self.cells.setdefault(str(error), (error, []))[1].extend(cells)

    def told(self, subject: Subject, found: Iterable[Told | Unread]) -> Iterator[Told]:
        """Yield what was told of a subject, and note what of it cannot be read."""
        for one in found:
            if isinstance(one, Unread):
                self.add(one.error, [(subject, one.metric)])
            else:
                yield one

    def missing(self, valid_at: datetime) -> Iterator[Observation]:
        """Say of each cell that it is missing, and log each cause once."""
        for error, cells in self.cells.values():
            yield from missing_cells(cells, valid_at, error)


def missing(
    subjects: Iterable[Subject], metrics: Iterable[Metric], valid_at: datetime, error: SourceError
) -> Iterator[Observation]:
    """Say of each metric of each subject that it is missing, and log it once with the next step."""
    yield from missing_cells(product(subjects, metrics), valid_at, error)


def missing_cells(cells: Iterable[Cell], valid_at: datetime, error: SourceError) -> Iterator[Observation]:
    """Say of each cell that it is missing, and log it once with the next step."""
    lost = list(cells)
    if not lost:
        return
    names = some(subject.id for subject, _ in lost)
    log.warning("%s: %s: %s; next: %s", lost[0][1].source, names, error, error.next_step)
    for subject, metric in lost:
        yield metric.missing(subject.id, valid_at, error.reason)
