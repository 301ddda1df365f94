"""Which framework a repository's dependency files name, by the packages that they ask for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import tomli

REQUIREMENT = re.compile(r"^\s*(?:-\s*)?[\"']?(?:[\w.-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)")
MARK = "\ufeff"
"""What some editors write before a text; it is no letter of its first word."""
QUOTED = re.compile(r"[\"']([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@ ][^\"']*)?[\"']")


@cache
def dependency_files() -> tuple[str, ...]:
    """Return the names of the files that are looked at, at the root of a repository."""
    return tuple(_table()["files"]["names"])


def frameworks_of(packages: Iterable[str]) -> set[str]:
    """Return the frameworks that packages, by their plain names, belong to."""
    known = {package: framework for framework, names in _packages().items() for package in names}
    return {known[package] for package in packages if package in known}


def asked_packages(texts: Mapping[str, str]) -> set[str]:
    """Return the plain names of all packages that the dependency files ask for."""
    return {plain_name(package) for name, text in texts.items() for package in packages_in(name, text)}


def packages_of(subject: str, package: str) -> frozenset[str]:
    """Return the plain names under which a library is asked for: those of the catalog, else its package alone."""
    return frozenset(_table()["library"].get(subject, [plain_name(package)]))


def packages_in(name: str, text: str) -> Iterator[str]:
    """Yield the packages that a file asks for, as it writes them."""
    lines = [line.partition("#")[0] for line in text.removeprefix(MARK).splitlines()]
    if name.endswith((".py", ".toml")):
        yield from (match[1] for line in lines for match in QUOTED.finditer(line))
        yield from (line.partition("=")[0].strip() for line in lines if name.endswith(".toml") and "=" in line)
    else:
        yield from (match[1] for line in lines if (match := REQUIREMENT.match(line)))


def plain_name(package: str) -> str:
    """Return the name of a package as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _packages() -> dict[str, list[str]]:
    return {name: packages for name, packages in _table().items() if isinstance(packages, list)}


@cache
def _table() -> dict[str, Any]:
    return tomli.loads(files("catalog").joinpath("frameworks.toml").read_text(encoding="utf-8"))
