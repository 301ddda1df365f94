"""One odd answer costs only its own cells: whatever goes wrong in reading it becomes a SourceError."""

import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog.errors import InputError
from collectors.errors import ChangedError, SourceError

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
