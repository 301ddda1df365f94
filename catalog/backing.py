"""Which repositories stand behind what: capabilities, facts, and the evidence of facts."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from catalog.fact import Fact
from catalog.load import Catalog
from catalog.metric import METRICS

ON_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?(?:[/#?].*)?")
JUDGED = "curated."


@dataclass(frozen=True, slots=True)
class Backing:
    """A repository behind a role of a subject; the role is None where only a fact or its evidence rests on it."""

    subject: str
    role: str | None
    repository: str
    github_id: int | None = None


def backings(catalog: Catalog) -> dict[str, tuple[Backing, ...]]:
    """Give, by subject, the repositories behind its roles and its facts; its main one stands in the subject itself."""
    found: dict[str, dict[tuple[str | None, str], Backing]] = {one.id: {} for one in catalog.subjects}
    named = [Backing(one.subject, one.role, one.github, one.github_id) for one in catalog.repositories]
    for fact in current(catalog.facts):
        named += [Backing(fact.subject, role_of(fact.metric), name) for name in fact.backing_repositories]
        evidence = evidence_repository(fact)
        named += [Backing(fact.subject, None, evidence)] if evidence else []
    for one in named:
        if one.subject in found:
            found[one.subject].setdefault((one.role, one.repository.lower()), one)
    return {subject: tuple(some.values()) for subject, some in found.items()}


def current(facts: Iterable[Fact]) -> list[Fact]:
    """Return the newest fact on each metric of each subject: what it replaced needs no looking after."""
    newest: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.subject, fact.metric)
        if key not in newest or fact.valid_from > newest[key].valid_from:
            newest[key] = fact
    return list(newest.values())


def by_subject(facts: Iterable[Fact]) -> dict[str, tuple[Fact, ...]]:
    """Give the facts of each subject that has any."""
    listed = list(facts)
    return {name: tuple(one for one in listed if one.subject == name) for name in {one.subject for one in listed}}


def role_of(metric: str) -> str | None:
    """Return the role whose repositories carry what a metric judges: `curated.mobile` rests on the role mobile."""
    role = metric.removeprefix(JUDGED)
    return role if metric.startswith(JUDGED) and f"liveness.{role}" in METRICS else None


def evidence_repository(fact: Fact) -> str | None:
    """Return the repository in which the source of a fact lies, where it lies on GitHub."""
    match = ON_GITHUB.fullmatch(fact.url or "")
    return match[1] if match else None


def finished(facts: Iterable[Fact], today: date) -> dict[str, Fact]:
    """Give, by full name in lower case, the repositories that a fact in force calls complete, with that fact."""
    stable = [one for one in current(facts) if one.maintenance == "stable" and one.review_by > today]
    return {name.lower(): one for one in stable for name in one.backing_repositories}
