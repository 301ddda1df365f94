"""The audit of the seed card: its figures are stored, and the scores that it tells of come out."""

from datetime import datetime

import polars as pl
import pytest

from catalog.audit import audits
from catalog.load import load_catalog
from scoring.words.audit import with_figures
from tests.scoring.builders import RUBRIC, of_facts

JANUARY = datetime(2024, 1, 31)
[AUDIT] = audits()


@pytest.mark.parametrize(("case", "speed"), [(0, 8.92), (1, 8.78)], ids=[case.text for case in AUDIT.case])
def test_the_seed_with_measured_figures_scores_what_the_method_says(case, speed):
    assert with_figures(card(), "pytorch", JANUARY, RUBRIC, AUDIT.figures(AUDIT.case[case])) == speed


def test_what_the_audit_found_holds_both_cases():
    assert abs(AUDIT.found - 8.92) < AUDIT.half_width
    assert abs(AUDIT.found - 8.78) < AUDIT.half_width


def test_with_no_other_figure_the_seed_scores_what_it_did():
    assert with_figures(card(), "pytorch", JANUARY, RUBRIC, {}) == 8.96


def test_with_too_little_left_there_is_no_score():
    assert with_figures(card(), "pytorch", JANUARY, RUBRIC, dict.fromkeys(RUBRIC.metrics())) is None


def test_the_audit_is_of_figures_that_the_card_has():
    seed = {fact.metric: fact for fact in load_catalog().facts if fact.source == AUDIT.source}

    assert {row.metric for row in AUDIT.row} <= set(seed)
    assert (AUDIT.first, AUDIT.last) == (seed["github.stars"].valid_from, seed["github.stars"].review_by)


def test_what_stands_on_no_recording_says_so():
    unverified = {row.metric for row in AUDIT.row if not row.is_verified}

    assert unverified == {"stackoverflow.questions", "discourse.users", "discord.members", "pwc.share_neurips"}


def card() -> pl.DataFrame:
    facts = [fact.observe() for fact in load_catalog().facts if fact.source == "seed card"]
    return of_facts(facts)
