"""Fill: ask the steps of a backfill page by page, land them a few pages at a time, and derive what follows.

A run that is killed loses the few pages that have not landed yet (`landing_pages`); the next run asks for them again.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from catalog.moments import midnight
from catalog.observation import Observation, Reason
from catalog.rows import Rows
from catalog.wording import some
from collectors.errors import ConnectError, GoneError, IncompleteError, LimitError, SetupError, SourceError
from collectors.past import Step
from collectors.source import sources
from collectors.transport.http import Http
from collectors.upstream import Upstream
from flows.clock import utc_now
from flows.settings import Settings
from flows.stages.archive_days import ARCHIVE, ReadDays, on_all_cores
from flows.stages.archive_days import pages as archived_pages
from flows.stages.asked import asked_lately, told
from flows.stages.backfill_plan import Plan, plan
from flows.stages.collect import read_papers, upstream_of
from flows.stages.land import RunStart, land_past, start_run
from flows.stages.landing_pages import PageLandings
from flows.stages.machine_clock import MachineClock, machine_clock
from flows.stages.progress import Progress
from flows.stages.reading import reading
from flows.stages.seam import seam
from flows.stages.spans import Span
from flows.stages.tell_again import outdated_rates
from warehouse.land import LandingResult

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3


@dataclass
class Outcome:
    """What came of a source's steps: requests, pages that landed, and which broke off or were answered."""

    source: str
    steps: int
    requests: int = 0
    pages: int = 0
    clock_ahead_s: float | None = None
    broken: dict[str, str] = field(default_factory=dict)
    answered: list[Step] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Return the outcome for a table."""
        why = "; ".join(f"{step}: {reason}" for step, reason in self.broken.items())
        return {"source": self.source, "steps": self.steps, "requests": self.requests, "pages": self.pages, "why": why}


@dataclass(frozen=True)
class BackfillResult:
    """A backfill, told for people and machines."""

    run_id: str
    started_at: datetime
    outcomes: list[Outcome]
    landed: LandingResult
    moved: tuple[dict[str, Any], ...] = ()

    @property
    def lost(self) -> list[str]:
        """The sources of which something did not come."""
        return [one.source for one in self.outcomes if one.broken]

    @property
    def clock(self) -> MachineClock:
        """How the clock of this machine stood to those of the sources."""
        return machine_clock(one.clock_ahead_s for one in self.outcomes)

    @property
    def is_whole(self) -> bool:
        """Whether every step came to its end."""
        return not self.lost

    @property
    def is_sound(self) -> bool:
        """Whether the backfill is whole, and dated by a clock that is right."""
        return self.is_whole and not self.clock.is_wrong

    def table(self) -> list[dict[str, Any]]:
        """Return one row per source."""
        return [one.row() for one in self.outcomes]


def run_backfill_plan(
    settings: Settings, planned: Plan, run_start: RunStart, read_days: ReadDays = on_all_cores
) -> BackfillResult:
    """Ask the steps of every source in their order, land their pages, derive what follows, and publish.

    `read_days` says where days of GH Archive are read.
    """
    outcomes = [_backfill_source(settings, planned, name, run_start, read_days) for name in planned.steps]
    detail = told(step for one in outcomes for step in one.answered)
    detail |= machine_clock(one.clock_ahead_s for one in outcomes).detail()
    landed = land_past(settings, planned.lacking, run_start, detail)
    return BackfillResult(run_start.run_id, run_start.started_at, outcomes, landed)


def backfill_recent(settings: Settings, subject_ids: Sequence[str], names: Sequence[str]) -> BackfillResult | None:
    """Fill the holes of the last days that a source can still answer, within a budget of calls; None where nothing is.

    The night has just asked the sources that answered; those that were silent are asked again the next night. A hole
    that stays although its source has answered is asked for again a week later.
    """
    planned = _recent_plan(settings, subject_ids, names)
    return run_backfill_plan(settings, planned, start_run("heal")) if planned else None


def _recent_plan(settings: Settings, subject_ids: Sequence[str], names: Sequence[str]) -> Plan | None:
    """Return what of the last days is to be asked; None where nothing is to be asked or told again.

    The published file is held open: every question on the way would open it anew, which takes longer than the answer.
    """
    today = midnight(utc_now().date())
    span = Span(today - timedelta(days=settings.recent_days), today)
    with reading(settings) if settings.published.exists() else nullcontext():
        planned = plan(settings, span, subject_ids, names, asked_lately(settings, utc_now()))
        if not planned.lacking and not _has_outdated_rates(settings):
            return None
    if not settings.github_credentials:  # the night has spent what GitHub gives to strangers
        steps = {name: [one for one in some if one.resource != "github core"] for name, some in planned.steps.items()}
        planned = replace(planned, steps=steps)
    return planned.within(settings.recent_calls)


def _has_outdated_rates(settings: Settings) -> bool:
    """Return whether more is known since of what was before some days whose rates were told."""
    if not settings.published.exists():
        return False
    with reading(settings) as connection:
        return bool(outdated_rates(connection))


def _backfill_source(settings: Settings, planned: Plan, name: str, run_start: RunStart, read_days: ReadDays) -> Outcome:
    """Ask one source; a limit or a silent host ends it, so do faults in a row; what is gone costs its step."""
    steps, outcome, in_a_row = planned.steps[name], Outcome(name, len(planned.steps[name])), 0
    progress, spent = Progress(), Counter[str]()
    landings, known = PageLandings(settings, run_start), Known(settings, planned.span.first)
    try:
        http = seam(settings, name, run_start.run_id)
    except SetupError as error:
        for first in steps[:1]:
            _note(outcome, first, error)
        return outcome
    try:
        for step in steps:
            try:
                if step.source == ARCHIVE:
                    pages = archived_pages(settings, step, read_days, spent)
                else:
                    landings.show(now=known.is_told_of(step))
                    pages = _pages(settings, step, known.upstream(step, http))
                for page in pages:
                    landings.take(page)
                    outcome.pages += 1
                    progress(step)
                in_a_row = 0
                outcome.answered.append(step)
            except SourceError as error:
                if isinstance(error, GoneError):
                    outcome.answered.append(step)
                in_a_row = 0 if isinstance(error, GoneError) else in_a_row + 1
                _note(outcome, step, error)
                if isinstance(error, LimitError | ConnectError) or in_a_row == FAILURES_IN_A_ROW:
                    break
        landings.show(now=True)
        outcome.requests, outcome.clock_ahead_s = http.requests + spent.total(), http.clock_ahead_s
        return outcome
    finally:
        http.close()


@dataclass
class Known:
    """What a run knows of the subjects it asks about: read once, and again for whom it has asked something since."""

    settings: Settings
    since: datetime
    read_at: datetime | None = None
    asked: set[str] = field(default_factory=set)

    def is_told_of(self, step: Step) -> bool:
        """Return whether an earlier step has asked about one of the step's subjects since the last reading."""
        return bool(self.asked & {one.id for one in step.subjects})

    def upstream(self, step: Step, http: Http) -> Upstream:
        """Return what a step is handed; what was landed of its subjects has to be published before."""
        if self.read_at is None or self.is_told_of(step):
            self.read_at = utc_now()
            self.asked.clear()
        self.asked |= {one.id for one in step.subjects}
        return upstream_of(step.source, self.settings, http, self.read_at, self.since)


def _pages(settings: Settings, step: Step, upstream: Upstream) -> Iterator[list[Observation | Rows]]:
    """Yield the pages of a step. A cell that the source reports as missing is not landed; the plan lists it anyway."""
    source, now = sources()[step.source], utc_now()
    if source.past is None:
        return
    for page in source.past.pages(step, upstream):
        found = list(read_papers(page, settings.followed, source, now))
        told = [one for one in found if one.reason is None]
        kept = [one for one in page if isinstance(one, Rows)]
        if found and not told:
            raise _error_of(found[0])
        yield [*told, *kept]


def _error_of(lost: Observation) -> SourceError:
    text = f"{lost.metric} of {lost.subject} did not come"
    return LimitError(text) if lost.reason is Reason.RATE_LIMITED else IncompleteError(text)


def _note(outcome: Outcome, step: Step, error: SourceError) -> None:
    subjects = some(one.id for one in step.subjects)
    outcome.broken.setdefault(f"{step.name} of {subjects}", f"{error} ({error.reason})")
    log.warning("%s: %s: %s broke off: %s; next: %s", step.source, subjects, step.name, error, error.next_step)
