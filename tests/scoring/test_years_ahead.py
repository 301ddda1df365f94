"""What time alone does to scores: facts expire, sources fall silent; no score goes without a word, none with another."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from catalog.load import load_catalog
from catalog.metric import METRICS
from scoring.forecast import AHEAD_D, falls
from scoring.rubric_files import load
from scoring.score import score
from tests.scoring.builders import Answer, answer, curated, days, evidence, subjects, worth

RUBRIC = load("2026.2")
CATALOG = load_catalog()
NAMES = [subject.id for subject in CATALOG.subjects]
FROZEN = datetime(2026, 11, 28)
MEASURED = [one.metric for one in RUBRIC.criteria if not one.metric.startswith(("curated.", "benchmark."))]
BACKINGS = sorted({one.backing for one in RUBRIC.criteria if one.backing})


def facts() -> list[Answer]:
    """Return the facts that ship, as they are."""
    rows = [one.observe() for one in CATALOG.facts if one.review_by.year > 2024]
    return [
        curated(one.metric, one.value or 0.0, one.valid_at, subject=one.subject, valid_until=one.valid_until)
        for one in rows
    ]


def nightly(on: datetime, names: list[str]) -> list[Answer]:
    """Return what one night measures of everybody; published tables have nothing."""
    told = [answer(metric, worth(6, metric, RUBRIC), on, name) for name in names for metric in MEASURED]
    return told + [answer(role, 4, on, name) for name in names for role in BACKINGS]


@pytest.mark.parametrize("today", [datetime(2026, 12, 1), datetime(2027, 5, 24), datetime(2028, 1, 1)])
def test_everybody_has_a_score_while_sources_answer_however_old_the_facts_are(today):
    rows = [*facts(), *nightly(today - timedelta(days=1), NAMES)]
    found = score(evidence(rows), subjects(*NAMES), days(today), RUBRIC)

    assert found.dimensions.filter(pl.col("score").is_null()).is_empty()
    assert found.scores["speed_score"].null_count() == 0


def test_of_sources_that_froze_no_day_takes_two_dimensions_and_each_fall_is_announced_a_month_before():
    told = evidence([*facts(), *nightly(FROZEN - timedelta(days=1), NAMES)])
    who, after = subjects(*NAMES), [FROZEN + timedelta(days=step) for step in range(401)]
    by_day = score(told, who, days(*after), RUBRIC).dimensions.sort("subject", "dimension", "as_of")
    had = pl.col("score").shift(1).over("subject", "dimension").is_not_null()
    fallen = by_day.filter(had & pl.col("score").is_null())

    assert fallen.select("subject", "dimension").n_unique() == 5 * len(NAMES)
    assert fallen.group_by("subject", "as_of").len()["len"].max() == 1
    for day, lost in fallen.group_by("as_of"):
        ahead = falls(told, who, day[0] - timedelta(days=AHEAD_D), RUBRIC)
        assert set(lost.select("subject", "dimension").iter_rows()) <= set(
            ahead.filter(pl.col("on") == day[0]).select("subject", "dimension").iter_rows()
        )


def test_nothing_falls_while_nothing_grows_old():
    assert falls(evidence(nightly(FROZEN, NAMES)), subjects(*NAMES), FROZEN + timedelta(days=1), RUBRIC).is_empty()


def test_in_every_dimension_the_measured_core_and_more_than_one_figure_carry_the_score():
    for name in RUBRIC.min_coverage:
        own = [one for one in RUBRIC.criteria if one.dimension == name]
        core = [one for one in own if METRICS[one.metric].source not in {"curated", "benchmark"}]
        weights = [one.group_weight * one.weight for one in own]

        assert sum(one.group_weight * one.weight for one in core) >= 0.6 - 1e-9
        assert sum(weights) == pytest.approx(1)
        assert len(core) > 1
    facts_weight = sum(one.group_weight * one.weight for one in RUBRIC.criteria if one.metric.startswith("curated."))
    assert facts_weight / 5 <= 0.25
