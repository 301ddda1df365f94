"""A fact that is taken out of the catalog: from the next landing on it counts no more, and nobody is to review it."""

from dataclasses import replace
from datetime import date, datetime

import duckdb

from catalog.fact import Fact
from catalog.load import Catalog, shipped_observations
from tests.warehouse.builders import FLAX, JAX, learned
from warehouse.frame import frame
from warehouse.land import Run, land

KEYED = JAX.model_copy(update={"pypi": "jax"})


def fact(day: int, value: str = "fair", source: str = "Guide", subject: str = "jax") -> Fact:
    read = date(2026, 5, day)
    return Fact(
        subject=subject,
        metric="curated.mobile",
        value=value,
        valid_from=read,
        review_by=date(2026, 6, 1),
        source=source,
    )


OLD, NEW = fact(1), fact(2, "good")
BOTH = Catalog(subjects=(JAX, FLAX), facts=(OLD, NEW), has_history=False)


def test_the_fact_that_is_left_is_told_and_counts_and_what_was_known_before_stays(warehouse):
    say(warehouse, 0, BOTH)
    say(warehouse, 1, replace(BOTH, facts=(OLD,)))

    assert expiring(warehouse) == [OLD.valid_from]
    assert [counts(warehouse, hour) for hour in (0.5, 1.5)] == [NEW.number, OLD.number]


def test_a_fact_that_comes_back_is_told_and_counts_again(warehouse):
    for hour, facts in enumerate([(NEW,), (), (NEW,)]):
        say(warehouse, hour, replace(BOTH, facts=facts))

    assert expiring(warehouse) == [NEW.valid_from]
    assert [counts(warehouse, hour) for hour in (0.5, 1.5, 2.5)] == [NEW.number, None, NEW.number]


def test_a_landing_more_without_the_fact_says_nothing_new(warehouse):
    say(warehouse, 0, BOTH)
    say(warehouse, 1, replace(BOTH, facts=()))

    say(warehouse, 2, replace(BOTH, facts=()))

    assert [added(warehouse, hour) for hour in (1, 2)] == [2, 0]


def test_facts_of_a_subject_that_is_followed_no_more_stay_what_they_were(warehouse):
    say(warehouse, 0, replace(BOTH, facts=(NEW, fact(3, subject="flax"))))
    say(warehouse, 1, replace(BOTH, subjects=(JAX,), facts=(NEW,)))

    assert added(warehouse, 1) == 0


def test_a_key_that_is_gained_withdraws_once_whatever_the_catalog_said_of_the_subject_before(warehouse):
    for hour, name in enumerate(["Jax", "JAX!", "JAX"]):
        say(warehouse, hour, replace(BOTH, subjects=(JAX.model_copy(update={"name": name}), FLAX)))

    say(warehouse, 3, replace(BOTH, subjects=(KEYED, FLAX)))

    withdrawn = "from observation where metric = 'pypi.downloads_30d' and reason = 'incomplete'"
    assert len(warehouse.sql(withdrawn).fetchall()) == 1


def say(warehouse: duckdb.DuckDBPyConnection, hour: int, catalog: Catalog) -> None:
    """Land what the catalog says at that hour."""
    run = Run(f"hour-{hour}", "nightly", learned(hour), learned(hour), "1")
    land(warehouse, frame([]), catalog, run, learned(hour), standing=frame(list(shipped_observations(catalog))))


def expiring(warehouse: duckdb.DuckDBPyConnection) -> list[date]:
    return [day for (day,) in warehouse.sql("select valid_from from expiring_facts").fetchall()]


def added(warehouse: duckdb.DuckDBPyConnection, hour: int) -> int:
    return warehouse.sql(f"select count(*) from observation where run_id = 'hour-{hour}'").fetchall()[0][0]


def counts(warehouse: duckdb.DuckDBPyConnection, known: float) -> float | None:
    """Return the value that counts with what was known by that hour."""
    asked = f"from metric_as_of('{datetime(2026, 6, 1)}', '{learned(known)}') where metric = 'curated.mobile'"
    return warehouse.sql(f"select value {asked} and subject = 'jax'").fetchall()[0][0]
