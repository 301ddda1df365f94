"""Landing again changes nothing, and what is learned later cannot be known before, whatever it is.

See docs/method.md#from-an-answer-to-a-score.
"""

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scoring.rubric_files import load
from tests.warehouse.builders import bring, empty, learned, week
from tests.warehouse.test_order import SAID, batches, left_by, observation, scores, values, words
from tests.whole import amount
from warehouse.scores import evidence

METRICS = load("2024.1").metrics()
PLAIN = settings(
    max_examples=amount(1, 4),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@PLAIN
@given(said=SAID)
def test_landing_the_same_again_leaves_what_was_there(migrated, said):
    once = left_by(migrated, batches(said))
    rows = count(migrated)

    for again in batches(said):
        bring(migrated, *map(observation, again), at=5)

    assert count(migrated) == rows
    assert (words(migrated), values(migrated)) == (once.words, once.values)
    assert scores(migrated).equals(once.scores)


@PLAIN
@given(said=SAID, known=st.integers(0, 1))
def test_what_is_learned_later_cannot_be_known_before(migrated, said, known):
    """The evidence of a moment is the same whether or not the later landings ever came."""
    earlier = [part for part in batches(said) if part[0].hour <= known]
    left_by(migrated, batches(said))
    with_later = known_by(migrated, known)
    empty(migrated)
    left_by(migrated, earlier)

    assert with_later == known_by(migrated, known)


def count(connection: duckdb.DuckDBPyConnection) -> int:
    return connection.execute("select count(*) from observation where source <> 'catalog'").fetchall()[0][0]


def known_by(connection: duckdb.DuckDBPyConnection, hour: int) -> list[tuple]:
    """Return what a score may look at and what the macro tells, with what was known at the end of that hour."""
    moment = learned(hour)
    told = evidence(connection, METRICS, moment, week(20)).sort("subject", "metric", "source", "valid_at", "lane")
    asked = f"""
      select subject, metric, source, valid_at, value, status, reason from metric_as_of('{week(20)}', '{moment}')
      where source <> 'catalog' order by all
    """
    return [*told.rows(), *connection.sql(asked).fetchall()]
