"""Which curated facts a person must look at again, and why: expired, contradicted, contested, or to be watched."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from catalog.backing import Backing, current, evidence_repository, role_of
from catalog.fact import Fact, Key

State = Mapping[str, Any]
PAGES = {"changed": "words_changed", "gone": "page_gone", "moved": "page_moved"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What speaks against a fact; `about` names the repository, and is empty where it is about the fact alone."""

    subject: str
    metric: str
    source: str
    valid_from: date
    kind: str
    finding: str
    about: str
    detail: str


def findings(
    facts: Sequence[Fact],
    behind: Mapping[str, Sequence[Backing]],
    states: Mapping[str, State],
    measured: Collection[tuple[str, str]],
    today: date,
) -> list[dict[str, Any]]:
    """Return what speaks against the newest fact on each metric, one row a finding.

    `states` holds the last word on each repository by its full name in lower case, `measured` what needs no fact
    because a source measures it.
    """
    found: list[Finding] = []
    for fact in current(facts):
        if (fact.subject, fact.metric) not in measured:
            found += [*_of_fact(fact, today), *_of_repositories(fact, behind.get(fact.subject, ()), states)]
    return [asdict(one) for one in found]


def page_findings(
    facts: Sequence[Fact], readings: Mapping[Key, State], measured: Collection[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return what the pages that facts quote say against them; `readings` holds the last word of each, by fact."""
    said = (
        (fact, readings.get(fact.key, {})) for fact in current(facts) if (fact.subject, fact.metric) not in measured
    )
    return [
        asdict(_finding(fact, "contradicted", PAGES[reading["state"]], "", reading["detail"]))
        for fact, reading in said
        if reading.get("state") in PAGES
    ]


def _of_fact(fact: Fact, today: date) -> Iterator[Finding]:
    if fact.review_by <= today:
        yield _finding(fact, "expired", "expired", "", f"to be reviewed by {fact.review_by}")
    if fact.contested:
        yield _finding(fact, "contested", "contested", "", "two readers lie more than a level apart")


def _of_repositories(fact: Fact, behind: Sequence[Backing], states: Mapping[str, State]) -> Iterator[Finding]:
    names = {one.lower(): one for one in fact.backing_repositories}
    role = role_of(fact.metric)
    names |= {one.repository.lower(): one.repository for one in behind if role and one.role == role}
    for name, repository in names.items():
        for finding, detail in _signs(states.get(name, {})):
            kind = "watch" if finding == "watch" else "contradicted"
            yield _finding(fact, kind, finding, repository, f"{repository} {detail}")
    evidence = evidence_repository(fact)
    if evidence and evidence.lower() not in names and states.get(evidence.lower(), {}).get("reason"):
        yield _finding(fact, "contradicted", "not_found", evidence, f"the evidence in {evidence} is gone")


def _signs(seen: State) -> Iterator[tuple[str, str]]:
    """Yield what a repository's last word says against the facts that rest on it."""
    if not seen:
        return
    if seen["reason"]:
        yield "not_found", f"is gone: {seen['detail']}"
        return
    if seen["full_name"].lower() != seen["repository"].lower():
        yield "moved", f"is now {seen['full_name']}"
    if seen["is_archived"]:
        yield "archived", "is archived"
    if seen["notice"]:
        yield "notice", f"says: {seen['notice']}"
    slow = f"has {seen['commits_90d']} commits in 90 days, the last on {seen['last_commit_at']:%Y-%m-%d}"
    if seen["state"] in {"declining", "watch"} and not seen["notice"]:
        base = seen["base_commits_90d"]
        yield seen["state"], f"{slow}; its usual number is {base:g}" if base is not None else slow
    if seen["state"] == "retired" and not (seen["notice"] or seen["is_archived"]):
        yield "retired", slow


def _finding(fact: Fact, kind: str, finding: str, about: str, detail: str) -> Finding:
    return Finding(fact.subject, fact.metric, fact.source, fact.valid_from, kind, finding, about, detail)
