"""Read catalog files; a mistake is named with its file, its key and what is wrong with it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import tomli
from pydantic import ValidationError

from catalog.benchmark import SUITES, relative_speeds
from catalog.errors import CatalogError, InputError
from catalog.fact import Fact
from catalog.metric import METRICS
from catalog.month_ends import shipped_history
from catalog.names import did_you_mean, find_subject
from catalog.observation import Observation
from catalog.subject import ROLES, Repository, Strict, Subject
from catalog.text import text_of

CAPABILITIES = tuple(role for role in ROLES if f"curated.{role}" in METRICS)
"""The roles of repositories that stand behind a capability that a fact tells of."""

TABLES: dict[str, type[Strict]] = {"subject": Subject, "fact": Fact, "repository": Repository}


@dataclass(frozen=True)
class Catalog:
    """What is followed: subjects, curated facts about them, repositories behind them.

    The month-end figures that ship are about the real projects; `history = false` leaves them out (`has_history`).
    """

    subjects: tuple[Subject, ...] = ()
    facts: tuple[Fact, ...] = ()
    repositories: tuple[Repository, ...] = ()
    has_history: bool = True

    def __getitem__(self, subject_id: str) -> Subject:
        """Return the subject of that id, or say which ids there are."""
        for subject in self.subjects:
            if subject.id == subject_id:
                return subject
        known = [subject.id for subject in self.subjects]
        near = f"the catalog has {', '.join(known)}{did_you_mean(subject_id, known)}"
        raise CatalogError(f"no subject is called {subject_id!r}; {near}")

    def find(self, typed: str) -> Subject:
        """Return the subject that a person means by a word: id, name, package, repository or address."""
        return find_subject(self.subjects, typed)

    def only(self, ids: Iterable[str]) -> "Catalog":
        """Return the catalog of these subjects alone; of all of them when none is named."""
        wanted = list(ids)
        return replace(self, subjects=tuple(self[one] for one in wanted)) if wanted else self


def load_catalog(own: Path | None = None) -> Catalog:
    """Return the shipped catalog, with a user's own file on top of it or in its place."""
    if own is None:
        return _shipped()
    try:
        text = text_of(own)
    except (OSError, InputError) as error:
        raise CatalogError(f"catalog {own}: cannot be read ({error}); check SPEEDSCORE_CATALOG") from error
    return _with_own(text, str(own))


@lru_cache(maxsize=1)
def _shipped() -> Catalog:
    found = Catalog()
    for file in _shipped_files():
        found = _merge(found, read_catalog(file.read_text(encoding="utf-8"), file.name))
    return found


@lru_cache(maxsize=8)
def _with_own(text: str, name: str) -> Catalog:
    """Put a user's own catalog on top of the shipped one or in its place, the same text once."""
    mode = _parse(text, name).get("mode", "extend")
    if mode not in ("extend", "replace"):
        raise CatalogError(f'{name}: key \'mode\' is {mode!r}; it must be "extend" or "replace"')
    top = read_catalog(text, name)
    return _checked(_merge(Catalog() if mode == "replace" else _shipped(), top), top, name)


@lru_cache(maxsize=64)
def read_catalog(text: str, name: str) -> Catalog:
    """Read one catalog file, the same text once; raise CatalogError with file, key and reason."""
    tables = dict(_parse(text, name))
    schema = tables.pop("schema", None)
    if schema != 1:
        raise CatalogError(f"{name}: key 'schema' is {schema!r}; this version reads schema = 1")
    tables.pop("mode", None)
    has_history = tables.pop("history", True)
    if not isinstance(has_history, bool):
        raise CatalogError(f"{name}: key 'history' is {has_history!r}; it must be true or false")
    if unknown := sorted(set(tables) - set(TABLES)):
        raise CatalogError(f"{name}: key {unknown[0]!r} is not known; tables are {', '.join(sorted(TABLES))}")
    rows = {kind: tuple(_rows(tables.get(kind, []), kind, name)) for kind in TABLES}
    _refuse_twice(rows["subject"], name)
    _refuse_twice_said(rows["fact"], name)
    return Catalog(rows["subject"], rows["fact"], rows["repository"], has_history)


def shipped_observations(catalog: Catalog) -> Iterator[Observation]:
    """Yield what is known without asking anybody: history, facts, published benchmarks, and what does not apply."""
    followed = {subject.id for subject in catalog.subjects}
    history = shipped_history() if catalog.has_history else ()
    yield from (one for one in history if one.subject in followed)
    yield from (fact.observe() for fact in catalog.facts)
    yield from (one for one in relative_speeds(SUITES) if one.subject in followed)
    for subject in catalog.subjects:
        for metric in METRICS.values():
            if not subject.is_asked(metric):
                yield metric.not_applicable(subject.id)
        yield from _unbacked(subject, catalog)


def _unbacked(subject: Subject, catalog: Catalog) -> Iterator[Observation]:
    """Say of which capabilities no repository stands behind: their state is no question."""
    backed = {one.role for one in catalog.repositories if one.subject == subject.id}
    for role in sorted(set(CAPABILITIES) - backed):
        yield METRICS[f"liveness.{role}"].not_applicable(subject.id)


def _shipped_files() -> list[Traversable]:
    root = files("catalog")
    facts = sorted(root.joinpath("facts").iterdir(), key=lambda file: file.name)
    named = [root.joinpath("subjects.toml"), root.joinpath("repositories.toml")]
    return [*named, *(file for file in facts if file.name.endswith(".toml"))]


@lru_cache(maxsize=2)
def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise CatalogError(f"{name}: not valid TOML: {error}") from error


def _rows(tables: Any, kind: str, name: str) -> Iterator[Any]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CatalogError(f"{name}: key {kind!r} must be a list of tables; write [[{kind}]]")
    for number, table in enumerate(tables, start=1):
        try:
            yield TABLES[kind].model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the table"
            who = table.get("id") or table.get("metric") or table.get("role") or ""
            message = first["msg"].removeprefix("Value error, ")
            raise CatalogError(f"{name}: [[{kind}]] {number} ({who}): key {where!r}: {message}") from error


def _merge(base: Catalog, top: Catalog) -> Catalog:
    replaced = {subject.id for subject in top.subjects}
    kept = tuple(subject for subject in base.subjects if subject.id not in replaced)
    said = {fact.key for fact in top.facts}
    facts = tuple(fact for fact in base.facts if fact.key not in said)
    repositories = base.repositories + top.repositories
    return Catalog(kept + top.subjects, facts + top.facts, repositories, base.has_history and top.has_history)


def _refuse_twice_said(facts: tuple[Fact, ...], name: str) -> None:
    for key, times in Counter(fact.key for fact in facts).items():
        if times > 1:
            raise CatalogError(f"{name}: [[fact]] {key[1]} of {key[0]} from {key[3]} stands {times} times; keep one")


def _refuse_twice(subjects: tuple[Subject, ...], name: str) -> None:
    keys: dict[str, list[str]] = {
        "id": [s.id for s in subjects],
        "github_id": [str(s.github_id) for s in subjects if s.github_id],
        "github": [full.lower() for s in subjects for full in s.github_names],
    }
    for key, values in keys.items():
        for value, times in Counter(values).items():
            if times > 1:
                raise CatalogError(f"{name}: key {key!r}: {value!r} stands in {times} places; it must stand in one")


def _checked(catalog: Catalog, top: Catalog, name: str) -> Catalog:
    _refuse_twice(catalog.subjects, name)
    known = {subject.id for subject in catalog.subjects}
    for named in [*(fact.subject for fact in top.facts), *(repo.subject for repo in top.repositories)]:
        if named not in known:
            raise CatalogError(f"{name}: key 'subject': no subject is called {named!r}; add it as a [[subject]]")
    own = tuple(fact for fact in catalog.facts if fact.subject in known)
    repositories = tuple(repo for repo in catalog.repositories if repo.subject in known)
    if not catalog.subjects:
        raise CatalogError(f'{name}: mode "replace" leaves no subject; add a [[subject]] table')
    return replace(catalog, facts=own, repositories=repositories)
