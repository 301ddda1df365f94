"""Read the published warehouse: of this version, whoever published it."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from flows.clock import utc_now
from flows.notes import note
from flows.settings import Settings
from warehouse.errors import NewerError
from warehouse.label import label
from warehouse.published import migrate_published, open_current
from warehouse.reader import open_to_questions


@contextmanager
def answering(settings: Settings, snapshot: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file for a user's SQL, which can reach no file; of a lake, a snapshot by number or moment.

    What a newer version wrote is asked as well: whoever asks in SQL knows what the tables mean.
    """
    try:
        migrate_published(settings.published, utc_now())
    except NewerError as error:
        note(f"{error}; until then its tables are asked as they are")
    with open_to_questions(settings.published, snapshot) as connection:
        yield connection


def mark_of(settings: Settings) -> str | None:
    """Return the mark of the published warehouse, such as DEMO, if it has one."""
    with reading(settings) as connection:
        return label(connection)


@contextmanager
def reading(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file read-only; one that an older version wrote is published anew first.

    Raise NewerError where a newer version wrote it.
    """
    with open_current(settings.published, utc_now()) as connection:
        yield connection
