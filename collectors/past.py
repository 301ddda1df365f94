"""How a source answers for past days: steps that can be planned without asking anybody."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog.subject import Subject
from collectors.reading import one_answer
from collectors.upstream import Found, Memory, Upstream

Lacking = Mapping[tuple[str, str], Sequence[datetime]]


@dataclass(frozen=True)
class Step:
    """One piece of a backfill: what is asked of which subjects for which days (midnights, naive UTC).

    `calls` is how many requests it takes at most, of the limit `resource`; None where nobody can know before. Where
    each day is asked for itself, `calls_a_day` says what one takes and `calls_once` what all together take before, and
    the days stand in the order of their worth. `size_bytes` is
    about what comes, where it depends on the days.
    """

    source: str
    name: str
    subjects: tuple[Subject, ...]
    days: tuple[datetime, ...]
    resource: str
    calls: int | None
    calls_a_day: int | None = None
    calls_once: int = 0
    size_bytes: int | None = None

    def within(self, calls: int) -> "Step | None":
        """Return the step, or as many of its days as so many calls allow; None where they allow none."""
        if self.calls is not None and self.calls <= calls:
            return self
        if self.calls_a_day is None or calls < self.calls_once + self.calls_a_day:
            return None
        days = self.days[: (calls - self.calls_once) // self.calls_a_day]
        return replace(self, days=days, calls=self.calls_once + len(days) * self.calls_a_day)


Steps = Callable[[Sequence[Subject], Lacking, Memory, datetime], Iterable[Step]]


@dataclass(frozen=True)
class Past:
    """How a source answers for past days: the steps that bring what is lacking, each of them page by page.

    `steps` asks nobody; it takes the subjects, the days that each (subject, metric) lacks, the run's memory, and now.
    `ask` gives a page at a time, so that a few of them can land before the next is asked for.
    """

    steps: Steps
    ask: Callable[[Step, Upstream], Iterator[Sequence[Found]]]

    def pages(self, step: Step, upstream: Upstream) -> Iterator[Sequence[Found]]:
        """Yield what a step brings, page by page; raise SourceError where it breaks off."""
        with one_answer():
            yield from self.ask(step, upstream)


def day_by_day(
    source: str, resource: str, calls_a_day: Callable[[Sequence[Subject]], int], calls_once: int = 0
) -> Steps:
    """Return the steps of a source that answers for one day at a time: the most valuable days first, one a page."""

    def steps(subjects: Sequence[Subject], lacking: Lacking, _memory: Memory, _now: datetime) -> Iterator[Step]:
        lacks: dict[datetime, set[str]] = {}
        for (subject, _), days in lacking.items():
            for day in days:
                lacks.setdefault(day, set()).add(subject)
        together: dict[frozenset[str], list[datetime]] = {}
        for day in by_value(lacks):
            together.setdefault(frozenset(lacks[day]), []).append(day)
        for ids, days in together.items():
            asked = tuple(one for one in subjects if one.id in ids)
            a_day = calls_a_day(asked)
            calls = calls_once + a_day * len(days)
            yield Step(source, "days", asked, tuple(days), resource, calls, a_day, calls_once)

    return steps


def by_value(days: Iterable[datetime]) -> list[datetime]:
    """Return days in the order of their worth: firsts of months, then Mondays, then the others; the newest first."""
    return sorted(days, key=lambda day: (day.day != 1, day.day != 1 and day.weekday() != 0, -day.toordinal()))
