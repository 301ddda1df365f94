"""What is effective on a day is one rule, written twice: in SQL for readers, in Polars for scores. Both always agree."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from catalog.metric import METRICS
from catalog.observation import Reason, Status
from scoring.answers import effective
from tests.warehouse.builders import bring, learned, week
from tests.whole import amount
from warehouse.scores import evidence

METRIC = METRICS["stackoverflow.questions"]
WAYS = [
    {"method": "snapshot", "source": "stackoverflow"},
    {"method": "exact_retained", "source": "stackoverflow"},
    {"method": "reconstructed", "source": "stackoverflow"},
    {"method": "archived", "source": "tracker"},
    {"method": "archived", "source": "github-ranking"},
]
LANDINGS, READINGS, DAYS = 8, 3, 50
KNOWN = amount(50, 2_000) // DAYS


def test_sql_and_polars_agree_on_random_moments(warehouse):
    chance = random.Random(3)  # noqa: S311 - figures, not secrets
    for hour in range(LANDINGS):
        bring(warehouse, *(reading(chance) for _ in range(READINGS)), at=hour, run_id=f"run-{hour}")
    agreed = 0
    for _ in range(KNOWN):
        known = learned(chance.uniform(-1, LANDINGS))
        days = sorted(moment(chance) for _ in range(DAYS))
        by_sql = [in_sql(warehouse, day, known) for day in days]
        assert in_polars(warehouse, days, known) == by_sql
        agreed += sum(found is not None for found in by_sql)

    assert agreed > KNOWN * DAYS / 4


def reading(chance):
    """Return a reading of a random way and moment: a value, none, a judgement with an end, or that none makes sense."""
    valid_at = moment(chance)
    if chance.random() < 0.1:
        return replace(METRIC.not_applicable("jax"), valid_at=valid_at)
    if chance.random() < 0.2:
        return METRIC.missing("jax", valid_at, Reason.UNREACHABLE, **chance.choice(WAYS))
    if chance.random() < 0.25:
        until = valid_at + timedelta(days=chance.choice([3, 30, 300]))
        curated = {"status": Status.CURATED, "method": "curated", "source": "review", "valid_until": until}
        return METRIC.of("jax", valid_at, chance.randint(1, 9), **curated)
    return METRIC.of("jax", valid_at, chance.randint(1, 9), **chance.choice(WAYS))


def moment(chance):
    return week(0) + timedelta(hours=chance.randint(0, 24 * 400))


def in_sql(warehouse, day, known):
    asked = (
        f"select value, status, source, is_fresh from metric_as_of('{day}', '{known}') where metric = '{METRIC.name}'"
    )
    found = warehouse.sql(f"{asked} and value is not null").fetchall()
    return found[0] if found else None


def in_polars(warehouse, days, known):
    questions = pl.DataFrame({"question": range(len(days)), "as_of": days}).with_columns(
        subject=pl.lit("jax"), metric=pl.lit(METRIC.name), max_age_days=pl.lit(METRIC.max_age_days)
    )
    told = evidence(warehouse, [METRIC.name], known, datetime(2099, 1, 1))
    found = {row["question"]: row for row in effective(questions, told).to_dicts()}
    return [
        tuple(found[place][name] for name in ("value", "status", "source", "is_fresh")) if place in found else None
        for place in range(len(days))
    ]
