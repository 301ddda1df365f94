"""A landing that is looked at in parts writes what it writes in one."""

import random
from typing import Any

import duckdb
import pytest

from catalog.load import Catalog, shipped_observations
from catalog.metric import METRICS
from catalog.observation import Observation, Reason
from catalog.span import LAST, Span
from catalog.subject import Subject
from tests.warehouse.builders import LEARNED, learned, week
from tests.whole import amount
from warehouse.connection import whole
from warehouse.frame import frames
from warehouse.land import Run, add
from warehouse.migrate import migrate
from warehouse.parts import parts
from warehouse.staging import Staging

NAMES = ("ax", "jax", "zeta-2")
ASKED = (
    "github.stars",
    "github.contributors",
    "github.open_issues",
    "github.stars_gained_1d",
    "stackoverflow.questions",
)
STORED = ("observation", "newest_word", "said_again", "quality_event", "run", "subject")
SEEDS = amount([1], range(1, 9))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_lands_in_parts_is_what_lands_in_one(seed, monkeypatch):
    with duckdb.connect() as once, duckdb.connect() as parted:
        for warehouse in (once, parted):
            migrate(warehouse, learned(0))
        looked_at = _counted(monkeypatch)
        for night, brought in enumerate(_nights(random.Random(seed))):  # noqa: S311 - figures, not secrets
            _land(once, night, 10**6, *brought)
            _land(parted, night, 40, *brought)
            assert _stored(parted) == _stored(once), night
        assert len(looked_at) > 2 * night
        kinds = {row[0] for row in once.sql("select kind from quality_event").fetchall()}
        assert "quarantined" in kinds
        reasons = {row[0] for row in once.sql("select distinct reason from observation").fetchall()}
        assert {"quarantined", "incomplete", "unreachable", None} <= reasons
        assert once.sql("select count(*) from said_again").fetchall() != [(0,)]


def test_parts_hold_every_subject_once_and_end_where_a_subject_ends(warehouse, tmp_path):
    warehouse.execute("create or replace temp view known as select 'b' as subject, 1 as value where false")
    warehouse.execute(
        "create or replace temp view brought as select unnest(['d', 'b', 'c', 'b', 'b', 'b', 'e', 'a']) as subject, 2"
    )
    warehouse.execute("create or replace temp view arrived as from known union all from brought")

    staged = Staging(warehouse, tmp_path)
    found = [
        (
            part.after,
            part.upto,
            [row[0] for row in warehouse.sql("select subject from arrived order by all").fetchall()],
        )
        for part in parts(staged, 8, 3)
    ]

    assert found == [
        ("", "b", ["a", "b", "b", "b", "b"]),
        ("b", "c", ["c"]),
        ("c", LAST, ["d", "e"]),
    ]
    assert list(parts(staged, 3, 3)) == [Span()]
    staged.drop()


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of what is staged from parts."""
    found: list[str] = []
    stage = Staging.stage

    def counted(self: Staging, name: str, query: str, **parameters: Any) -> int:
        found.extend([query] * (query == "stage_part"))
        return stage(self, name, query, **parameters)

    monkeypatch.setattr(Staging, "stage", counted)
    return found


def _nights(chance: random.Random) -> list[tuple[Catalog, list[Observation]]]:
    """Return what some nights bring, of subjects that gain and lose the keys of sources."""
    nights = []
    for night in range(amount(4, 14)):
        subjects = tuple(_subject(name, chance) for name in NAMES)
        brought = [one for name in NAMES for metric in ASKED for one in _readings(name, metric, night, chance)]
        nights.append((Catalog(subjects=subjects), brought))
    return nights


def _readings(name: str, metric: str, night: int, chance: random.Random) -> list[Observation]:
    """Return a past of weeks at first; then a reading, an odd one, none, or one that was told before."""
    counted = METRICS[metric]
    if night == 0:
        return [counted.of(name, week(number), 1000.0 + number) for number in range(12)]
    kind = chance.random()
    if kind < 0.1:
        return [counted.missing(name, week(11 + night), Reason.UNREACHABLE)]
    if kind < 0.3:
        return [counted.of(name, week(number), 1000.0 + number) for number in (10, 11)]
    return [counted.of(name, week(11 + night), (1011.0 + night) * chance.choice([1, 1, 1, 1, 0.2, 6]))]


def _subject(name: str, chance: random.Random) -> Subject:
    keys = {"github": f"many/{name}"} | ({"pypi": name} if chance.random() < 0.5 else {})
    return Subject(id=name, name=name, kind="library", **keys)


def _land(
    warehouse: duckdb.DuckDBPyConnection, night: int, at_once: int, catalog: Catalog, brought: list[Observation]
) -> None:
    run = Run(f"run-{night}", "nightly", learned(night), max(LEARNED, week(30)), "1")
    shipped = frames(shipped_observations(catalog))
    with whole(warehouse):
        add(warehouse, frames(brought), catalog, run, learned(night), standing=shipped, rows_at_once=at_once)


def _stored(warehouse: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    return {name: warehouse.sql(f"from {name} order by all").fetchall() for name in STORED}
