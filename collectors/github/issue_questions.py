"""Which issues to ask for by number tonight: those whose closes a rate needs, and some of those that may be gone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from catalog.metric import METRICS
from catalog.observation import Observation
from catalog.rows import Rows
from catalog.subject import Subject
from collectors.github.issue_closes import Wanted
from collectors.upstream import Found

COHORTS = timedelta(days=121)
COUNTERS = {METRICS["github.open_issues"].name, METRICS["github.issues_closed_ever"].name}
Row = Mapping[str, Any]


@dataclass
class Told:
    """What tonight's answers say of one repository's issues, as far as it decides which of them to ask for."""

    closed: set[int] = field(default_factory=set)
    new: set[int] = field(default_factory=set)
    counts: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float | None:
        """How many issues GitHub counts; None where it did not say both how many are open and how many closed."""
        return sum(self.counts.values()) if len(self.counts) == len(COUNTERS) else None


class Questions:
    """Which issues to ask for by number, from what has passed by of tonight's answers.

    `until` is the midnight before tonight; of the issues created in the 121 days before it closes are wanted.
    """

    def __init__(self, subjects: Sequence[Subject], memory: Mapping[str, Mapping[str, Any]], until: datetime) -> None:
        """Begin with what is known already."""
        self._memory, self._since = memory, until - COHORTS
        self._told = {one.id: (one, Told()) for one in subjects}

    def passing(self, tonight: Iterable[Found]) -> Iterator[Found]:
        """Yield tonight's answers on, and note what they tell."""
        for one in tonight:
            if isinstance(one, Rows) and one.table == "issue":
                for row in one.rows:
                    self._note(row, self._told[row["subject"]][1])
            elif isinstance(one, Observation) and one.metric in COUNTERS and one.value is not None:
                self._told[one.subject][1].counts[one.metric] = one.value
            yield one

    def asked(self, most: int) -> list[Wanted]:
        """Return at most so many issues; a quarter of them is left to those that may be gone."""
        closes = [self._without_closes(one, told) for one, told in self._told.values()]
        look = _in_turn([self._to_look_for(one, told) for one, told in self._told.values()])[: most // 4]
        chosen = [*_in_turn(closes)[: most - len(look)], *look]
        return list({(subject.id, number): (subject, number) for subject, number in chosen}.values())

    def _note(self, row: Row, told: Told) -> None:
        if row["created_at"] >= self._since and _was_closed(row):
            told.closed.add(row["number"])
        known_until = self._memory.get("issues", {}).get(row["subject"])
        if known_until is not None and row["created_at"] > known_until:
            told.new.add(row["number"])

    def _without_closes(self, subject: Subject, told: Told) -> list[Wanted]:
        """Return the closed issues of the cohorts whose closes are not known: tonight's, then those left over."""
        left_over = self._memory.get("issues_without_closes", {}).get(subject.id, [])
        numbers = dict.fromkeys([*sorted(told.closed, reverse=True), *left_over])
        return [(subject, number) for number in numbers]

    def _to_look_for(self, subject: Subject, told: Told) -> list[Wanted]:
        """Return issues to look for, where more are stored than GitHub counts."""
        since, stored = (self._memory.get(name, {}).get(subject.id) for name in ("issues", "issues_stored"))
        if told.total is None or since is None or stored is None or stored + len(told.new) <= told.total:
            return []
        return [(subject, number) for number in self._memory.get("issues_to_look_for", {}).get(subject.id, [])]


def _was_closed(row: Row) -> bool:
    is_closed = row["closed_at"] is not None or row["state_reason"] == "REOPENED"
    return bool(is_closed and row["author_kind"] != "bot")


def _in_turn(lists: Sequence[Sequence[Wanted]]) -> list[Wanted]:
    """Return the first of each, then the second of each, so that no subject waits for another."""
    longest = max(map(len, lists), default=0)
    return list(chain.from_iterable((one[place] for one in lists if place < len(one)) for place in range(longest)))
