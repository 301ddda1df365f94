"""Names as people type them: a subject by its id, its name, its package, its repository or its address."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from catalog.errors import InputError
from catalog.frameworks import packages_of
from catalog.subject import Subject

ADDRESS = re.compile(
    r"(?:https?://|git@|ssh://)?(?:\w+@)?(?:www\.)?([\w.-]+)[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?(?:[/?#].*)?"
)
FULL_NAME = re.compile(r"[\w.-]+/[\w.-]+")
MOST_LIKELY = 3


def find_subject(subjects: Sequence[Subject], typed: str) -> Subject:
    """Return the subject that is meant by a word; raise InputError with what may have been meant."""
    wanted = _plain(repository_of(typed) or typed)
    for names in (_ids, _names, _packages, _tags):
        found = [one for one in subjects if wanted in map(_plain, names(one))]
        if len(found) == 1:
            return found[0]
        if found:
            several = ", ".join(one.id for one in found)
            raise InputError(f"{typed!r} may be {several}; say which")
    known = {_plain(name): one for one in subjects for name in (*_ids(one), *_names(one), *_packages(one))}
    meant = dict.fromkeys(known[name].id for name in difflib.get_close_matches(wanted, known, MOST_LIKELY))
    hint = f"did you mean {_either(meant)}?" if meant else "see: speedscore subjects"
    address = repository_of(typed)
    more = f" To follow it: speedscore follow {typed}" if address else ""
    raise InputError(f"no subject is called {typed!r}; {hint}{more}")


def repository_of(typed: str) -> str | None:
    """Return owner/name where the text is a repository's address or its full name; else nothing."""
    text = typed.strip().rstrip("/")
    if FULL_NAME.fullmatch(text):
        return text.removesuffix(".git")
    match = ADDRESS.fullmatch(text)
    return f"{match[2]}/{match[3]}" if match else None


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """Return the names that may have been meant as the end of a sentence; nothing where none is near."""
    plain = {name.lower(): name for name in known}
    short = [name for name in plain if name.partition(".")[2] == typed.lower()]
    near = short[:MOST_LIKELY] or difflib.get_close_matches(typed.lower(), plain, MOST_LIKELY)
    return f"; did you mean {_either(plain[name] for name in near)}?" if near else ""


def _either(names: Iterable[str]) -> str:
    *some, last = names
    return f"{', '.join(some)} or {last}" if some else last


def _ids(subject: Subject) -> Iterator[str]:
    yield from (subject.id, *subject.github_names)


def _names(subject: Subject) -> Iterator[str]:
    yield from (subject.name, *(full.split("/")[1] for full in subject.github_names))


def _packages(subject: Subject) -> Iterator[str]:
    if subject.pypi:
        yield subject.pypi
        yield from packages_of(subject.id, subject.pypi)
    yield from subject.import_names


def _tags(subject: Subject) -> Iterator[str]:
    yield from subject.stackoverflow_tags
    yield from (one for one in (subject.papers_framework, subject.huggingface_tag) if one)


def _plain(name: str) -> str:
    return re.sub(r"[\s_.-]+", "", name).lower()
