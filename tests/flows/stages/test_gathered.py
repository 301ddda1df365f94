"""What one source gives is taken one by one, and every cell that was left unsaid is known."""

from datetime import datetime

from catalog.metric import METRICS
from catalog.observation import Reason
from catalog.rows import Rows
from catalog.subject import Subject
from flows.stages.gathered import Gathered

NOW = datetime(2026, 5, 1)
STARS, FORKS = METRICS["github.stars"], METRICS["github.forks"]
JAX, FLAX = (Subject(id=one, name=one, kind="framework", github=f"a/{one}") for one in ("jax", "flax"))


def test_a_missing_cell_is_spoken_of_and_an_unsaid_one_is_silent():
    found = Gathered()

    found.take([STARS.of("jax", NOW, 3), FORKS.missing("jax", NOW, Reason.UNREACHABLE), STARS.of("flax", NOW, 0)])

    assert found.silent([JAX, FLAX], [STARS, FORKS]) == [(FLAX, FORKS)]


def test_facts_of_a_table_come_together_and_observations_apart():
    rows = [{"subject": "jax", "metric": "github.stars", "disputed_at": NOW} for _ in range(3)]
    found = Gathered()

    found.take([Rows("refetched", rows[:1]), STARS.of("jax", NOW, 3), Rows("refetched", rows[1:])])

    assert [(one.table, list(one.rows)) for one in found.facts] == [("refetched", rows)]
    assert list(found.observations) == [STARS.of("jax", NOW, 3)]
