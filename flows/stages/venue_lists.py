"""Read lists of accepted papers, and lists of their code, from a folder."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from catalog.errors import InputError
from catalog.load import load_catalog
from collectors.venues.lists import ListFile, cleaned_links, read_list


def read_lists(folder: Path) -> list[ListFile]:
    """Return every list in a folder, by path; raise InputError where there is none or one cannot be read."""
    if not folder.exists():
        raise InputError(f"{folder} is not there; name a folder with lists of accepted papers")
    files = (path for path in sorted(folder.rglob("*.csv*")) if path.is_file())
    found = [one for path in files if (one := read_list(path.name, path.read_bytes()))]
    if not found:
        raise InputError(f"{folder} holds no list whose name tells venue and year, as icml-2025.csv, and has titles")
    return found


def links_of_papers(lists: Sequence[ListFile]) -> Iterator[dict[str, Any]]:
    """Yield what became of the links of each list of code; a framework's own repository is no paper's."""
    names = {name.lower() for one in load_catalog().subjects for name in one.github_names}
    return cleaned_links(lists, names)
