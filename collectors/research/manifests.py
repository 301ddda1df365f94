"""What a repository's manifests ask for: weaker than imports, and of no use where a program wrote them."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import tomli

from catalog.frameworks import MARK, packages_in, plain_name

LEAST_FROZEN = 25  # packages; who pins fewer may have chosen each
FROZEN_SHARE = 0.9
PINNED = re.compile(r"^\s*-?\s*[\w.\[\]-]+\s*(?:==?[^=<>~,*]+(?:=\S+)?|@\s*file:\S+)\s*$")
REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
SAYS_WHICH = frozenset({"git", "index", "path", "url", "version"})
ASKING = re.compile(r"require|depend|install|extra", re.IGNORECASE)


def asked_packages(manifests: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return the plain names of the packages that each manifest asks for, by path; nothing for frozen environments."""
    return {path: _asked(path, text) for path, text in manifests.items()}


def is_frozen(text: str) -> bool:
    """Return whether a list is a copy of an environment, as `pip freeze` and `conda list` print it."""
    lines = [line.split(";")[0] for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    pinned = sum(bool(PINNED.match(line)) for line in lines)
    return pinned >= LEAST_FROZEN and pinned >= FROZEN_SHARE * len(lines)


def _asked(path: str, text: str) -> frozenset[str]:
    name, text = PurePosixPath(path).name.lower(), text.removeprefix(MARK)
    if is_frozen(text):
        return frozenset()
    if name.endswith(".toml") or name == "pipfile":
        found = _in_toml(text)
    elif name.endswith(".py"):
        found = _in_setup(text)
    else:
        found = packages_in(name, text)
    return frozenset(plain_name(one) for one in found)


def _in_toml(text: str) -> Iterator[str]:
    try:
        table = tomli.loads(text)
    except (ValueError, RecursionError):
        return packages_in("pyproject.toml", text)
    return _asked_in(table, is_list=False)


def _asked_in(found: Any, *, is_list: bool) -> Iterator[str]:
    """Yield what tables of dependencies name: requirements in lists, or names of packages as keys."""
    if isinstance(found, dict):
        for key, inner in found.items():
            if is_list and _is_version(inner):
                yield key
            else:
                asks = is_list or key.endswith(("dependencies", "dependency-groups", "packages"))
                yield from _asked_in(inner, is_list=asks)
    elif isinstance(found, list) and is_list:
        yield from (named[1] for one in found if isinstance(one, str) and (named := REQUIREMENT.match(one)))


def _is_version(found: Any) -> bool:
    """Return whether a value says which version of the package that is its key is wanted."""
    return not isinstance(found, list) if not isinstance(found, dict) else bool(SAYS_WHICH & found.keys())


def _in_setup(text: str) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return packages_in("setup.py", text)
    return _asked_of(tree)


def _asked_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [node.arg or ""] if isinstance(node, ast.keyword) else []
        if isinstance(node, ast.Assign):
            names = [one.id for one in node.targets if isinstance(one, ast.Name)]
        if isinstance(node, ast.keyword | ast.Assign) and any(map(ASKING.search, names)):
            listed = (one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant))
            yield from (named[1] for one in listed if isinstance(one, str) and (named := REQUIREMENT.match(one)))
