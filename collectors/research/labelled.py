"""Repositories whose frameworks somebody has established, one JSON object a line: the truth, and what can be read.

Fields: repo, label_primary, label_pwc, venue, committed, imports_by_file, manifests, extensions, code_files_read.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.code_state import CodeState
from catalog.errors import InputError
from collectors.research.choose import chosen_files, is_manifest
from collectors.research.classify import Tree, Verdict, judge

NONE = "none"
OTHER = "other_language"
SPELLINGS = {"other_code": OTHER, "caffe2": "caffe"}  # the archive's caffe2 stands for both


@dataclass(frozen=True)
class Labelled:
    """A repository: its main framework or state as established, as the archive has it, and our own verdict.

    `truth` is None where only the archive says something; `is_weak` where we had nothing but manifests.
    """

    repository: str
    venue: str | None
    year: int | None
    truth: str | None
    archive: str | None
    verdict: Verdict
    is_weak: bool

    @property
    def told(self) -> str:
        """Our own main framework, else `none`, else the state."""
        state = self.verdict.state
        return self.verdict.main or (NONE if state is CodeState.NO_FRAMEWORK else str(state))


def read_labelled(lines: Iterable[str], name: str) -> list[Labelled]:
    """Return the repositories of a file of labels; raise InputError for a line that is none."""
    return list(_read(lines, name))


def _read(lines: Iterable[str], name: str) -> Iterator[Labelled]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _labelled(json.loads(line))
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                told = f"{name}, line {number} is no labelled repository ({type(error).__name__}: {error})"
                raise InputError(f"{told}; see docs/research.md for the fields") from error


def _labelled(row: Mapping[str, Any]) -> Labelled:
    has_imports = row.get("imports_by_file") is not None
    year = str(row.get("committed") or "")[:4]
    return Labelled(
        repository=str(row["repo"]),
        venue=row.get("venue"),
        year=int(year) if year.isdigit() else None,
        truth=_spelt(row["label_primary"]),
        archive=_spelt(row.get("label_pwc")),
        verdict=_verdict(row) if has_imports else judge({}, _manifests(row["manifests"]), Tree(is_whole=False)),
        is_weak=not has_imports,
    )


def _spelt(label: Any) -> str | None:
    return None if label is None else SPELLINGS.get(str(label), str(label))


def _verdict(row: Mapping[str, Any]) -> Verdict:
    """Judge by the files that the rule chooses; the paths of the files that are not listed are made up."""
    imported = {str(path): frozenset(map(str, names)) for path, names in row["imports_by_file"]}
    unlisted = [f"unlisted{number}.py" for number in range(row["code_files_read"] - len(imported))]
    others = [f"other{suffix}" for suffix in row["extensions"] if suffix not in {".py", ".ipynb"}]
    tree = Tree((*imported, *unlisted, *others))
    return judge({path: imported[path] for path in chosen_files(imported)}, _manifests(row["manifests"]), tree)


def _manifests(listed: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the texts of manifests by path; of one that is kept as the strings of its requirements, those."""
    some = [one for one in listed if is_manifest(one["path"])]
    whole = {one["path"]: str(one["text"]) for one in some if "text" in one}
    return whole | {f"{one['path']}.txt": "\n".join(one["lines"]) for one in some if "text" not in one}
