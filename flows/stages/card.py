"""Gather what cards say: a day and its twelve months scored afresh, and the requests behind every figure."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

import duckdb
import polars as pl

from catalog.audit import audits
from catalog.span import Span
from flows.settings import Settings
from flows.stages.reading import reading
from flows.stages.score import knowing
from reports.card_facts import CardFacts
from scoring.blocks import Evidence, blocks_of
from scoring.days import ScoredDays
from scoring.forecast import AHEAD_D, falls_between
from scoring.rubric import Rubric
from scoring.rubric_files import default_on, load
from scoring.score import Scored, score
from scoring.uncertainty import Uncertainty
from scoring.words.audit import audit_content
from scoring.words.card import CardInputs, card_content, unweighed
from scoring.words.months import months_to
from scoring.words.whole_day import WholeDay, whole_day
from warehouse.figures import behind_figures, beside_figures, context_figures
from warehouse.label import label
from warehouse.scores import evidence_since, refuse_unknown, subjects_known

CARDS_AT_ONCE = 64


@dataclass(frozen=True)
class Everybody:
    """A day of everybody, from which the cards of some subjects are made at a time."""

    connection: duckdb.DuckDBPyConnection
    known_at: datetime
    as_of: datetime
    rubric: Rubric
    known: Evidence
    """Of twelve months; where one subject is named and nobody leans on peers, its own."""
    subjects: pl.DataFrame
    day: WholeDay
    span: Span
    """Of whom cards are made."""

    @property
    def blocks(self) -> Sequence[pl.DataFrame]:
        """The subjects in blocks, in the order of their names; one block where what is missing leans on peers."""
        return blocks_of(self.subjects, CARDS_AT_ONCE) if self.rubric.is_monotone else [self.subjects.sort("subject")]

    def cards(self, inputs: CardInputs, some: pl.DataFrame) -> list[CardFacts]:
        """Return the facts of the cards of some subjects, in the order of their names."""
        return [CardFacts(**card_content(inputs, one)) for one in sorted(some["subject"])]

    def inputs(self, some: pl.DataFrame) -> CardInputs:
        """Score the months of some subjects, and read what stands behind their figures."""
        who = some if self.rubric.is_monotone else self.subjects
        known = self.known.of(who)
        days, at_ends = self._days(known, who)
        today = days.scored.contributions.filter(pl.col("as_of") == self.as_of)
        today = today.join(some, on="subject", how="semi", maintain_order="left")
        return CardInputs(
            days=days,
            as_of=self.as_of,
            peers=self.day.peers,
            behind=behind_figures(self.connection, today),
            beside=beside_figures(self.connection, today, self.known_at, self.as_of),
            context=self._context.join(some, on="subject", how="semi", maintain_order="left").to_dicts(),
            audits=_audits(known, days, self.as_of, some["subject"].to_list()),
            label=label(self.connection),
            falls=falls_between(at_ends, known, who, self.as_of, self.rubric).to_dicts(),
        )

    def _days(self, known: pl.DataFrame, who: pl.DataFrame) -> tuple[ScoredDays, pl.DataFrame]:
        """Return the months of some subjects with what was drawn of them; and their dimensions today and in a month."""
        moments = [*sorted(set(months_to(self.as_of))), self.as_of + timedelta(days=AHEAD_D)]
        days = pl.DataFrame({"as_of": moments}, schema={"as_of": pl.Datetime("us")})
        scored = score(known, who, days, self.rubric)
        until_now = Scored(*(one.filter(pl.col("as_of") <= self.as_of) for one in vars(scored).values()))
        frames = vars(self.day.drawn).values()
        own = Uncertainty(*(one.join(who, on="subject", how="semi", maintain_order="left") for one in frames))
        at_ends = scored.dimensions.filter(pl.col("as_of") >= self.as_of)
        return ScoredDays(until_now, own, self._names, self.rubric, who), at_ends

    @cached_property
    def _names(self) -> dict[str, str]:
        return dict(self.subjects.select("subject", "name").iter_rows())

    @cached_property
    def _context(self) -> pl.DataFrame:
        asked = (unweighed(self.rubric), self.known_at, self.as_of, self.span)
        return context_figures(self.connection, *asked)


def card_facts(settings: Settings, subject: str | None, as_of: datetime, rubric: str | None = None) -> list[CardFacts]:
    """Return the facts of one subject's card, or of everybody's; scored afresh from what is published."""
    with everybody(settings, as_of, rubric, subject) as whole:
        some = whole.subjects.filter(pl.col("subject") == subject) if subject else whole.subjects
        return whole.cards(whole.inputs(some), some)


@contextmanager
def everybody(
    settings: Settings, as_of: datetime, rubric_id: str | None = None, like: str | None = None
) -> Iterator[Everybody]:
    """Score a day of everybody from the published warehouse with all that is known; store nothing.

    Where one subject is named, everybody is everybody of its kind: nobody is compared with others. The evidence is read
    on a connection of its own: what DuckDB took for it goes with that.
    """
    rubric = load(rubric_id or default_on(as_of))
    with knowing(settings) as (connection, known_at):
        subjects = subjects_known(connection, known_at)
        if like:
            refuse_unknown(subjects, like, known_at)
            subjects = subjects.filter(pl.col("kind") == pl.col("kind").filter(pl.col("subject") == like).first())
        read = partial(evidence_since, connection, rubric.metrics(), known_at, as_of)
        today, known = _evidence(read, subjects, as_of, like if rubric.is_monotone else None)
    with reading(settings) as connection:
        day = whole_day(lambda: today.blocks(blocks_of(subjects)), subjects, as_of, rubric)
        yield Everybody(connection, known_at, as_of, rubric, known, subjects, day, _span(like))


def _evidence(
    read: Callable[..., pl.DataFrame], subjects: pl.DataFrame, as_of: datetime, alone: str | None
) -> tuple[Evidence, Evidence]:
    """Return the evidence of everybody's day and of their twelve months; the months of one `alone` are few."""
    months = min(months_to(as_of))
    if alone is None:
        whole = Evidence.read(subjects, partial(read, months))
        return whole, whole
    own = _span(alone)
    return Evidence.read(subjects, partial(read, as_of)), Evidence([(own.upto, read(months, own))])


def _span(like: str | None) -> Span:
    return Span.around([like]) if like else Span()


def _audits(known: pl.DataFrame, days: ScoredDays, as_of: datetime, some: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the audits of some subjects that are about the day and the rubric, by subject."""
    due = [one for one in audits() if one.rubric == days.rubric.id and one.first < as_of.date() <= one.last]
    return {one.subject: audit_content(one, known, days, as_of) for one in due if one.subject in some}
