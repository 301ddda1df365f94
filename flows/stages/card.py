"""Gather what cards say: a day and its twelve months scored afresh, and the requests behind every figure."""

from datetime import datetime
from typing import Any

import polars as pl

from catalog.audit import audits
from flows.settings import Settings
from flows.stages.score import knowing
from reports.card_facts import CardFacts
from scoring.days import ScoredDays, scored_days
from scoring.forecast import falls
from scoring.rubric_files import default_on, load
from scoring.words.audit import audit_content
from scoring.words.card import CardInputs, card_content, unweighed
from scoring.words.months import months_to
from scoring.words.peer_comparison import compare_peers
from warehouse.figures import behind_figures, beside_figures, context_figures
from warehouse.label import label
from warehouse.scores import evidence, subjects_known


def card_facts(settings: Settings, subject: str | None, as_of: datetime, rubric: str | None = None) -> list[CardFacts]:
    """Return the facts of one subject's card, or of everybody's; scored afresh from what is published."""
    inputs = card_inputs(settings, as_of, rubric)
    wanted = [subject] if subject else sorted(inputs.days.names)
    return [CardFacts(**card_content(inputs, one)) for one in wanted]


def card_inputs(settings: Settings, as_of: datetime, rubric_id: str | None = None) -> CardInputs:
    """Score a day and its months from the published warehouse with all that is known; store nothing."""
    rubric = load(rubric_id or default_on(as_of))
    with knowing(settings) as (connection, known_at):
        months, subjects = sorted(set(months_to(as_of))), subjects_known(connection, known_at)
        known = evidence(connection, rubric.metrics(), known_at, as_of, min(months))
        days = scored_days(known, subjects, months, [as_of], rubric)
        today = days.scored.contributions.filter(pl.col("as_of") == as_of)
        return CardInputs(
            days=days,
            as_of=as_of,
            peers=compare_peers(days.marked, days.scored, rubric, days.field),
            behind=behind_figures(connection, today),
            beside=beside_figures(connection, today, known_at, as_of),
            context=context_figures(connection, unweighed(rubric), known_at, as_of),
            audits=_audits(known, days, as_of),
            label=label(connection),
            falls=falls(known, subjects, as_of, rubric).to_dicts(),
        )


def _audits(known: pl.DataFrame, days: ScoredDays, as_of: datetime) -> dict[str, dict[str, Any]]:
    """Return the audits that are about the day and the rubric, by subject."""
    due = [one for one in audits() if one.rubric == days.rubric.id and one.first < as_of.date() <= one.last]
    return {one.subject: audit_content(one, known, days, as_of) for one in due if one.subject in days.names}
