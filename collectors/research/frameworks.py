"""Which framework and which libraries imported names stand for: the table of frameworks.toml, and how it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

import tomli

from catalog.frameworks import plain_name

KERAS = ("keras", "keras_core", "keras_cv", "keras_hub", "keras_nlp", "keras_tuner")


@dataclass(frozen=True)
class Table:
    """Patterns of names, the closest first: of own modules, of all modules, of packages, and of libraries.

    A pattern stands with its framework; with an empty word where it says nothing.
    """

    order: tuple[str, ...]
    own: Mapping[str, str]
    borrowed: tuple[str, ...]
    modules: tuple[tuple[str, str], ...]
    packages: tuple[tuple[str, str], ...]
    libraries: Mapping[str, tuple[str, ...]]
    keras: Mapping[str, str]


def frameworks_of(names: Iterable[str], backend: str | None = None) -> frozenset[str]:
    """Return the frameworks that dotted names stand for; `backend` is the module that Keras was told to run on."""
    found = (_framework_of(name, backend) for name in names)
    return frozenset(one for one in found if one)


def own_frameworks(names: Iterable[str]) -> frozenset[str]:
    """Return the frameworks whose own modules are among dotted names, for more than what others borrow of them."""
    found = table()
    some = (name for name in names if not any(_fits(name, one) for one in found.borrowed))
    return frozenset(found.own[top] for name in some if (top := name.partition(".")[0]) in found.own)


def commonness(framework: str) -> int:
    """Return the place of a framework in the table, where the commoner ones stand first."""
    return table().order.index(framework)


def libraries_of(names: Iterable[str]) -> frozenset[str]:
    """Return the subjects, libraries by kind, that dotted names stand for."""
    some = tuple(names)
    return frozenset(
        library
        for library, patterns in table().libraries.items()
        if any(_fits(name, one) for name in some for one in patterns)
    )


def package_frameworks(packages: Iterable[str]) -> dict[str, int]:
    """Return how many of the packages, by their plain names, stand for each framework."""
    found: dict[str, int] = {}
    for package in packages:
        framework = next((one for pattern, one in table().packages if fnmatchcase(package, pattern)), "")
        if framework:
            found[framework] = found.get(framework, 0) + 1
    return found


def package_libraries(packages: Iterable[str]) -> frozenset[str]:
    """Return the libraries that packages, by their plain names, stand for."""
    some = frozenset(packages)
    return libraries_of(package.replace("-", "_") for package in some) | (some & table().libraries.keys())


def is_derived(name: str) -> bool:
    """Return whether a dotted name stands for a framework without being one of its own modules."""
    return name.partition(".")[0] not in table().own


@cache
def _framework_of(name: str, backend: str | None) -> str:
    if backend and name.partition(".")[0] in KERAS:
        return table().keras[backend]
    return next((framework for pattern, framework in table().modules if _fits(name, pattern)), "")


def _fits(name: str, pattern: str) -> bool:
    if "*" in pattern:
        return fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.*")
    return name == pattern or name.startswith(f"{pattern}.")


@cache
def table() -> Table:
    """Return the table of modules, read once."""
    text = files("collectors.research").joinpath("frameworks.toml").read_text(encoding="utf-8")
    data = tomli.loads(text)
    known, neutral = data["framework"], data["neutral"]
    modules = {name: id_ for id_, one in known.items() for name in (*one["own"], *one["derived"])}
    packages = {plain_name(name): id_ for name, id_ in modules.items() if "." not in name}
    packages |= {name: id_ for id_, one in known.items() for name in one["packages"]}
    return Table(
        order=tuple(known),
        borrowed=tuple(data["borrowed"]["names"]),
        own={name: id_ for id_, one in known.items() for name in one["own"]},
        modules=_closest_first(modules | dict.fromkeys(neutral["names"], "")),
        packages=_closest_first(packages | dict.fromkeys(neutral["packages"], "")),
        libraries={id_: tuple(names) for id_, names in data["library"].items()},
        keras=data["keras"],
    )


def _closest_first(patterns: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the patterns with their frameworks, those first that fix the most of a name's beginning."""
    return tuple(sorted(patterns.items(), key=lambda one: (-len(one[0].partition("*")[0]), -len(one[0]), one[0])))
