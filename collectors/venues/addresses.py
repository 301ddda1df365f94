"""From what stands in a field for code to the repository on GitHub that is meant, or to the reason why none is."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

GITHUB = re.compile(
    r"(?<![\w.-])(?:www\.)?(?:raw\.githubusercontent\.com|github\.com)[/:]+"
    r"([A-Za-z0-9][A-Za-z0-9-]*)/+([\w.-]+)(.?)",
    re.ASCII | re.IGNORECASE,
)
ON_GITHUB = re.compile(r"(?<![\w.-])(?:www\.|gist\.)?github(?:\.com)?(?![\w.-])", re.ASCII | re.IGNORECASE)
GIST = re.compile(r"(?<![\w-])gist\.github\.com", re.IGNORECASE)
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ANONYMOUS = re.compile(r"anonymous\.4open\.science|anonfiles?\.|anonymous-github|://anonymous\.", re.IGNORECASE)
MARKED = re.compile(r"\[([^\]]*)\]\(.*\)", re.DOTALL)
SENTENCE = re.compile(r"\.[A-Z][a-z]+$")
NOBODY = frozenset(
    [
        "about",
        "anonymous",
        "apps",
        "collections",
        "customer-stories",
        "enterprise",
        "explore",
        "features",
        "login",
        "marketplace",
        "notifications",
        "orgs",
        "pricing",
        "readme",
        "search",
        "security",
        "settings",
        "site",
        "sponsors",
        "team",
        "topics",
        "trending",
    ]
)
"""First parts of GitHub's own pages, and of accounts that were hidden for a review."""
MOST_PAPERS = 3


class Refusal(StrEnum):
    """Why an address tells no repository of a paper."""

    EMPTY = "no address"
    MAIL = "a mail address"
    ANONYMOUS = "an anonymous host"
    OTHER_HOST = "another host"
    NO_REPOSITORY = "GitHub, but no repository"
    FRAMEWORK = "a framework's own repository"
    MANY_PAPERS = "a repository of many papers"


@dataclass(frozen=True)
class Cleaned:
    """A repository as owner/name in lower case, or why there is none; exactly one of the two is set."""

    repository: str | None
    refusal: Refusal | None = None


def clean(text: str | None, frameworks: Collection[str] = frozenset()) -> Cleaned:
    """Return the repository that a field names, or why it names none.

    `frameworks` are the repositories of frameworks, owner/name in lower case: a paper that uses one did not write it.
    """
    said = _unmarked(text or "")
    if not said:
        return Cleaned(None, Refusal.EMPTY)
    if GIST.search(said):
        return Cleaned(None, Refusal.NO_REPOSITORY)
    for found in GITHUB.finditer(said):
        if name := _full_name(found):
            return Cleaned(None, Refusal.FRAMEWORK) if name in frameworks else Cleaned(name)
    return Cleaned(None, _refusal(said))


def refuse_shared(links: Iterable[tuple[str, Cleaned]], most: int = MOST_PAPERS) -> Iterator[tuple[str, Cleaned]]:
    """Yield each paper's link again; a repository that more than `most` papers name belongs to none of them."""
    listed = list(links)
    papers: dict[str, set[str]] = defaultdict(set)
    for paper, link in listed:
        if link.repository:
            papers[link.repository].add(paper)
    for paper, link in listed:
        is_shared = link.repository is not None and len(papers[link.repository]) > most
        yield paper, replace(link, repository=None, refusal=Refusal.MANY_PAPERS) if is_shared else link


def repositories_in(text: str | None) -> list[str]:
    """Return the repositories that a text such as an abstract names, each once, in its order."""
    found = (_full_name(one) for one in GITHUB.finditer(text or ""))
    return list(dict.fromkeys(name for name in found if name))


def _unmarked(text: str) -> str:
    """Return a field without the brackets of Markdown and without the backslashes of LaTeX."""
    marked = MARKED.fullmatch(text.strip())
    return (marked[1] if marked else text).replace("\\", "").strip()


def _full_name(found: re.Match[str]) -> str | None:
    owner, name, after = found.groups()
    name = name.rstrip(".")
    if after == ":":
        name = SENTENCE.sub("", name)
    name = name.removesuffix(".git").rstrip(".")
    is_page = owner.lower() in NOBODY or name.strip(".-_") == ""
    return None if is_page else f"{owner}/{name}".lower()


def _refusal(said: str) -> Refusal:
    if ANONYMOUS.search(said):
        return Refusal.ANONYMOUS
    if MAIL.search(said):
        return Refusal.MAIL
    return Refusal.NO_REPOSITORY if ON_GITHUB.search(said) else Refusal.OTHER_HOST
