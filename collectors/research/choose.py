"""Which files of a repository's tree are worth reading: the first Python files, and the manifests."""

from collections.abc import Iterable

FILES_READ = 20


def chosen_files(paths: Iterable[str], most: int = FILES_READ) -> list[str]:
    """Return the first Python files and notebooks of a tree, breadth-first, without other people's code."""
    raise NotImplementedError


def chosen_manifests(paths: Iterable[str]) -> list[str]:
    """Return the dependency files of a tree that are worth reading, those at the root first."""
    raise NotImplementedError
