"""Which files of a repository's tree are worth reading: the first Python files, and the manifests."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from catalog.frameworks import dependency_files

FILES_READ = 20
MANIFESTS_READ = 6
PYTHON = frozenset({".py", ".ipynb"})
OTHERS = frozenset(
    {"3rdparty", "3rd_party", "build", "dist", "env", "extern", "external", "externals", "node_modules"}
    | {"site-packages", "submodules", "third-party", "third_party", "thirdparty", "vendor", "venv"}
)
LAST = frozenset({"__init__.py", "conf.py", "setup.py"})  # they say how code is packed, seldom what it does
MANIFESTS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "environment.yml", "environment.yaml", "pipfile"})


def is_python(path: str) -> bool:
    """Return whether a path is a Python file or a notebook of the repository's own."""
    return _suffix(path) in PYTHON and not _is_of_others(path)


def chosen_files(paths: Iterable[str], most: int = FILES_READ) -> list[str]:
    """Return the first Python files and notebooks of a tree, breadth-first, without other people's code.

    Files that only say how code is packed come last.
    """
    own = sorted(filter(is_python, set(paths)), key=lambda path: (PurePosixPath(path).name in LAST, *_place(path)))
    return own[:most]


def chosen_manifests(paths: Iterable[str], most: int = MANIFESTS_READ) -> list[str]:
    """Return the dependency files of a tree that are worth reading, those at the root first, the usual names before."""
    own = {path for path in paths if is_manifest(path) and not _is_of_others(path)}
    return sorted(own, key=lambda path: (path not in dependency_files(), *_place(path)))[:most]


def is_manifest(path: str) -> bool:
    """Return whether a path is a file in which people write what their code needs; no lock, which programs write."""
    name = PurePosixPath(path).name.lower()
    return name in MANIFESTS or (name.startswith("requirement") and name.endswith(".txt"))


def _place(path: str) -> tuple[int, str]:
    return path.count("/"), path


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _is_of_others(path: str) -> bool:
    folders = PurePosixPath(path).parts[:-1]
    return any(folder.startswith(".") or folder.lower() in OTHERS for folder in folders)
