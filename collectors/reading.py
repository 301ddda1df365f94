"""One odd answer costs only its own cells: whatever goes wrong in reading it becomes a SourceError."""

import sqlite3
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from catalog.errors import InputError
from catalog.metric import Metric
from catalog.observation import Observation
from catalog.subject import Subject
from collectors.errors import ChangedError, SourceError
from collectors.transport.payload import count

Told = TypeVar("Told")
OURS = (InputError, OSError, MemoryError, sqlite3.Error)
"""What no answer causes: our own disk, memory and settings; the operator must act, so it passes through."""


@contextmanager
def one_answer() -> Iterator[None]:
    """Read one answer in the block; raise ChangedError for what nobody foresaw in it, and say where it went wrong."""
    try:
        yield
    except (SourceError, *OURS):
        raise
    except Exception as error:  # what an upstream may send has no end, and costs it only this answer
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.name} ({Path(place.filename).name}:{place.lineno})"
        raise ChangedError(f"the answer cannot be read: {type(error).__name__} in {where}") from error


@dataclass(frozen=True)
class Unread:
    """A figure that an answer should tell and that cannot be read from it, and why."""

    metric: Metric
    error: SourceError


def figure(metric: Metric, read: Callable[[], Observation]) -> Observation | Unread:
    """Read one figure of an answer; what is odd about it costs none of the others."""
    try:
        with one_answer():
            return read()
    except SourceError as error:
        return Unread(metric, error)


def counted(
    metric: Metric, subject: Subject, valid_at: datetime, payload: Any, path: tuple[str, ...], **evidence: Any
) -> Observation | Unread:
    """Read the count at a path of an answer; one that is odd costs none of its other figures."""
    return figure(metric, lambda: metric.of(subject.id, valid_at, count(payload, *path), **evidence))
