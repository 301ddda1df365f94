"""Derive observations from finer facts: rates from issues, waiting times from questions, shares from papers.

A derivation more is a function here and an entry in DERIVATIONS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import polars as pl

from catalog.liveness import STATES
from catalog.load import Catalog
from catalog.moments import midnight
from catalog.observation import Observation
from catalog.rows import Rows
from catalog.subject import Subject
from flows.stages.derive_venues import venue_observations
from scoring.derive.first_answers import first_answers
from scoring.derive.import_shares import BY_IMPORTS, BY_MANIFESTS, import_shares, year_shares
from scoring.derive.issue_rates import estimates, moving_of, rates_of
from scoring.derive.widened_rates import widened_rates
from warehouse.daily_papers import days_read, live_shares, papers_known, papers_read
from warehouse.facts import fact_frames, land_facts
from warehouse.frame import derived_frame, frame, frames
from warehouse.issues import stored_closes, stored_issues
from warehouse.land import NOTHING, NOTICED, Run, next_moment
from warehouse.repositories import repository_states

WALKED = "github.issues_walked"
DAYS_READ = "papers.days_read"
COMMITS_WEEK, QUIET_COMMITS_A_WEEK = "github.commits_week", 0.25


@dataclass(frozen=True)
class Brought:
    """What a run brought: observations as they were collected, and finer facts."""

    catalog: Catalog
    run: Run
    observations: Sequence[Observation]
    facts: Sequence[Rows]

    @property
    def tables(self) -> set[str]:
        """The tables that have new facts."""
        return {one.table for one in self.facts}

    def subjects_with(self, metric: str) -> list[str]:
        """Return the subjects that have a value of the metric, such as a walk of all issues that came to its end."""
        return self._told(metric).filter(pl.col("value").is_not_null())["subject"].to_list()

    @property
    def quiet_subjects(self) -> set[str]:
        """The subjects in whose repositories hardly anything happens: less than a commit a month."""
        return set(self._told(COMMITS_WEEK).filter(pl.col("value") < QUIET_COMMITS_A_WEEK)["subject"])

    def _told(self, metric: str) -> pl.DataFrame:
        return pl.concat(
            part.filter(pl.col("metric") == metric).select("subject", "value") for part in frames(self.observations)
        )


@dataclass(frozen=True)
class Derived:
    """Observations that follow, as rows that can be landed, and what was noticed on the way."""

    arrived: pl.DataFrame
    noticed: pl.DataFrame = field(default_factory=lambda: NOTHING)


def derive(connection: duckdb.DuckDBPyConnection, brought: Brought) -> Derived:
    """Land the finer facts of a run, and return what follows from them."""
    known_at = next_moment(connection, brought.run.finished_at)
    land_facts(connection, brought.facts, known_at, brought.run.run_id)
    found = [Derived(frame([]))]
    found += [derivation(connection, brought) for tables, derivation in DERIVATIONS if tables & brought.tables]
    return Derived(pl.concat([one.arrived for one in found]), pl.concat([one.noticed for one in found]))


def issue_rates(connection: duckdb.DuckDBPyConnection, brought: Brought) -> Derived:
    """Derive the rates of the subjects whose issues are known whole, and notice which of them are moving."""
    known_at, days = next_moment(connection, brought.run.finished_at), [midnight(brought.run.started_at.date())]
    issues = stored_issues(connection, known_at).filter(pl.col("subject").is_in(brought.subjects_with(WALKED)))
    closes = stored_closes(connection, known_at)
    found = estimates(issues, days, closes)
    noticed, told = pl.DataFrame([one.event() for one in moving_of(found)], schema=NOTICED), rates_of(found)
    ended = brought.quiet_subjects & retired_subjects(connection, brought.catalog)
    widened = widened_rates(issues, days, closes, ended, told)
    return Derived(derived_frame(pl.concat([told, widened]), "github"), noticed)


def retired_subjects(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> set[str]:
    """Return the subjects whose repository was retired when it was last seen."""
    states = {row["repository"].lower(): row["state"] for row in repository_states(connection)}
    return {one.id for one in catalog.subjects if states.get(one.github.lower()) == STATES[0]}


def answer_times(_connection: duckdb.DuckDBPyConnection, brought: Brought) -> Derived:
    """Derive how long the questions of tonight's cohorts waited for first answers."""
    questions = pl.concat(fact_frames("question", brought.facts))
    return Derived(derived_frame(first_answers(questions), "stackoverflow"))


def paper_shares(connection: duckdb.DuckDBPyConnection, brought: Brought) -> Derived:
    """Derive the live shares of the subjects whose papers have been read."""
    known_at, until = next_moment(connection, brought.run.finished_at), midnight(brought.run.started_at.date())
    subjects = [brought.catalog[one] for one in brought.subjects_with(DAYS_READ)]
    return Derived(shares_until(connection, subjects, until, known_at))


def shares_until(
    connection: duckdb.DuckDBPyConnection, subjects: Sequence[Subject], until: datetime, known_at: datetime
) -> pl.DataFrame:
    """Return the live shares at a midnight, from the papers known at a moment, as rows that can be landed."""
    asked, read = papers_known(connection, until, known_at), papers_read(connection, until, known_at)
    return frame(
        [
            *year_shares(read, days_read(connection, until, known_at), subjects, until),
            *import_shares(read, subjects, until, BY_IMPORTS),
            *live_shares(connection, subjects, until, known_at),
            *import_shares(asked, subjects, until, BY_MANIFESTS),
        ]
    )


def shares_of_venues(connection: duckdb.DuckDBPyConnection, brought: Brought) -> Derived:
    """Derive the shares of every venue's year from the samples as they are now."""
    return Derived(frame(venue_observations(connection, brought.catalog.subjects, brought.run.finished_at)))


Derivation = Callable[[duckdb.DuckDBPyConnection, Brought], Derived]
DERIVATIONS: tuple[tuple[set[str], Derivation], ...] = (
    ({"issue", "issue_asked"}, issue_rates),
    ({"question"}, answer_times),
    ({"paper", "code_verdict"}, paper_shares),
    ({"venue_count", "accepted_paper", "paper_link", "code_verdict"}, shares_of_venues),
)
