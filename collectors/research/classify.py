"""What the files of one repository say about frameworks: imports first, manifests second and marked weaker."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.code_state import CodeState


@dataclass(frozen=True)
class Tree:
    """What is known of a repository beside its texts: the paths of its files, and its main language."""

    paths: tuple[str, ...] = ()
    language: str | None = None
    is_whole: bool = True


@dataclass(frozen=True)
class Verdict:
    """What a repository's code came to.

    `importing` counts the files that import each framework, `libraries` those that import each library; `weak` is a
    verdict that rests on manifests alone.
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
        raise NotImplementedError


def classify(files: Mapping[str, str | None], manifests: Mapping[str, str], tree: Tree) -> Verdict:
    """Return what the texts of the chosen files and manifests say, by path; a text that did not come is None."""
    raise NotImplementedError


def judge(imported: Mapping[str, frozenset[str] | None], manifests: Mapping[str, str], tree: Tree) -> Verdict:
    """Return what dotted names that each file imports say, as `classify` does of texts."""
    raise NotImplementedError


def gone(why: str) -> Verdict:
    """Return the verdict on a repository that is not there."""
    return Verdict(CodeState.GONE, why=why)


def unreadable(why: str) -> Verdict:
    """Return the verdict on a repository that is there, and did not answer."""
    return Verdict(CodeState.UNREADABLE, why=why)
