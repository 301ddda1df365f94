"""What the files of one repository say about frameworks: imports first, manifests second and marked weaker."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from catalog.code_state import CodeState
from collectors.research.choose import FILES_READ, is_python
from collectors.research.frameworks import (
    commonness,
    frameworks_of,
    is_derived,
    libraries_of,
    own_frameworks,
    package_frameworks,
    package_libraries,
)
from collectors.research.imports import imported_names, keras_backend, top_modules
from collectors.research.languages import is_code, is_code_language
from collectors.research.manifests import asked_packages

STANDARD = frozenset(sys.stdlib_module_names)
LEAST_PART = 0.1  # of the leader's files: who has fewer does not share a repository


@dataclass(frozen=True)
class Tree:
    """What is known of a repository beside its texts: the paths of its files, and its main language."""

    paths: tuple[str, ...] = ()
    language: str | None = None
    is_whole: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a repository's code came to.

    `importing` counts the files that import each framework; `libraries` those that import each library, a subject under
    its id and every other module under its name. `weak` is a verdict that rests on manifests alone.
    """

    state: CodeState
    main: str | None = None
    importing: Mapping[str, int] = field(default_factory=dict)
    libraries: Mapping[str, int] = field(default_factory=dict)
    weak: bool = False
    files_read: int = 0
    why: str = ""

    @property
    def fractions(self) -> dict[str, float]:
        """The part of the repository that counts for each framework; none below a tenth of the leader's files."""
        most = max(self.importing.values(), default=0)
        told = {name: n for name, n in self.importing.items() if n >= LEAST_PART * most}
        return {name: n / sum(told.values()) for name, n in sorted(told.items())}


def classify(files: Mapping[str, str | None], manifests: Mapping[str, str], tree: Tree) -> Verdict:
    """Return what the texts of the chosen files and manifests say, by path; a text that did not come is None."""
    imported = {path: None if text is None else imported_names(path, text) for path, text in files.items()}
    backends = Counter(one for text in files.values() if text and (one := keras_backend(text)))
    return judge(imported, manifests, tree, backends.most_common(1)[0][0] if backends else None)


def judge(
    imported: Mapping[str, frozenset[str] | None],
    manifests: Mapping[str, str],
    tree: Tree,
    backend: str | None = None,
) -> Verdict:
    """Return what dotted names that each file imports say, as `classify` does of texts.

    The main framework is the one that most files import; of several, the one whose own modules most of them import for
    more than a loader of data; then the commoner. `backend` is the module that the code makes the backend of Keras.
    """
    told = {path: names for path, names in imported.items() if names is not None}
    foreign = _foreign(told, tree)
    libraries = _libraries(foreign)
    importing = Counter(one for names in foreign.values() for one in frameworks_of(names, backend))
    own = Counter(one for names in foreign.values() for one in own_frameworks(names))
    if importing:
        main = min(importing, key=lambda one: (-importing[one], -own[one], commonness(one)))
        why = f"{importing[main]} of {len(told)} files import {main}"
        return Verdict(CodeState.NAMED, main, dict(sorted(importing.items())), libraries, files_read=len(told), why=why)
    if _is_part(told, imported, tree) and (named := _of_manifests(manifests)):
        return named
    return _without(imported, told, libraries, tree)


def gone(why: str) -> Verdict:
    """Return the verdict on a repository that is not there."""
    return Verdict(CodeState.GONE, why=why)


def unreadable(why: str) -> Verdict:
    """Return the verdict on a repository that is there, and did not answer."""
    return Verdict(CodeState.UNREADABLE, why=why)


def _foreign(told: Mapping[str, frozenset[str]], tree: Tree) -> dict[str, frozenset[str]]:
    """Return what each file imports without the repository's own modules.

    A framework's own name stays: who bears its name builds on it.
    """
    local = _local_modules((*tree.paths, *told))

    def is_foreign(name: str, path: str) -> bool:
        beside = local[""] | local[_folder(path)]
        return not is_derived(name) or name.partition(".")[0] not in beside

    return {path: frozenset(one for one in names if is_foreign(one, path)) for path, names in told.items()}


def _libraries(foreign: Mapping[str, frozenset[str]]) -> dict[str, int]:
    """Return how many files import each library: subjects by their ids, and all other modules by their names."""
    counted = Counter(
        one for names in foreign.values() for one in libraries_of(names) | (top_modules(names) - STANDARD)
    )
    return dict(sorted(counted.items()))


class _Modules(dict[str, set[str]]):
    def __missing__(self, folder: str) -> set[str]:
        return set()


def _local_modules(paths: Iterable[str]) -> _Modules:
    """Return the modules and packages of the repository itself, by the folder in which they stand."""
    found = _Modules()
    for path in paths:
        if path.endswith(".py"):
            module = (
                PurePosixPath(path).parent if path.endswith("/__init__.py") else PurePosixPath(path).with_suffix("")
            )
            found.setdefault(_folder(str(module)), set()).add(module.name)
    return found


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _count_python(imported: Mapping[str, object], tree: Tree) -> int:
    return len({*filter(is_python, tree.paths), *imported})


def _is_part(told: Mapping[str, object], imported: Mapping[str, object], tree: Tree) -> bool:
    """Return whether fewer files were read than should be."""
    return len(told) < min(FILES_READ, _count_python(imported, tree)) or not (told or tree.is_whole)


def _of_manifests(manifests: Mapping[str, str]) -> Verdict | None:
    """Return the weaker verdict of manifests: the framework with most packages; None where none is asked for."""
    asked = asked_packages(manifests)
    packages = frozenset[str]().union(*asked.values())
    counted = package_frameworks(packages)
    if not counted:
        return None
    importing = dict(sorted(counted.items()))
    main = min(importing, key=lambda one: (-importing[one], commonness(one)))
    libraries = dict.fromkeys(sorted(package_libraries(packages) | packages), 1)
    why = f"no import read; {', '.join(sorted(path for path in asked if asked[path]))} asks for {main}"
    return Verdict(CodeState.NAMED, main, importing, libraries, weak=True, why=why)


def _without(
    imported: Mapping[str, object], told: Mapping[str, object], libraries: Mapping[str, int], tree: Tree
) -> Verdict:
    """Return why no framework is named."""

    def found(state: CodeState, why: str) -> Verdict:
        return Verdict(state, libraries=libraries, files_read=len(told), why=why)

    if told and len(told) < len(imported):
        return found(CodeState.UNREADABLE, "some of its Python files did not come")
    if told:
        return found(CodeState.NO_FRAMEWORK, f"none of {len(told)} files imports a framework")
    if _count_python(imported, tree):
        return found(CodeState.UNREADABLE, "its Python files did not come")
    others = list(_other_code(tree))
    if others:
        return found(CodeState.OTHER_LANGUAGE, f"no Python; {', '.join(others[:3])}")
    if not tree.is_whole:
        return found(CodeState.UNREADABLE, "the list of its files is cut short")
    return found(CodeState.NO_CODE, "it holds no code")


def _other_code(tree: Tree) -> Iterator[str]:
    yield from sorted({PurePosixPath(path).suffix.lower() for path in tree.paths if is_code(path)})
    if not tree.paths and tree.language and is_code_language(tree.language):
        yield tree.language
