"""Repository ids: a name is followed only as long as it is the repository that it was when it was first seen."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from threading import Lock

from catalog.load import Catalog
from catalog.subject import Subject
from flows.settings import Settings
from flows.stages.reading import reading
from warehouse.published import state_of
from warehouse.query import rows

ONE_READS = Lock()


def pinned(settings: Settings, catalog: Catalog) -> Catalog:
    """Return the catalog with the repository ids that earlier runs have seen, where it names none."""
    if all(subject.github_id for subject in catalog.subjects) or not settings.published.exists():
        return catalog
    with ONE_READS:
        seen = _first_seen(settings, state_of(settings.published))
    return replace(catalog, subjects=tuple(_pin(subject, seen) for subject in catalog.subjects))


@lru_cache(maxsize=3)
def _first_seen(settings: Settings, _state: tuple[int, ...]) -> Mapping[str, int]:
    """Return the id under which each subject was first seen; all sources of a run share one reading."""
    with reading(settings) as connection:
        return {row["subject"]: int(row["github_id"]) for row in rows(connection, "pinned_ids")}


def _pin(subject: Subject, seen: Mapping[str, int]) -> Subject:
    if subject.github_id or subject.id not in seen:
        return subject
    return subject.model_copy(update={"github_id": seen[subject.id]})
