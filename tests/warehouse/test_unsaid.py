"""After each night nothing stands that the catalog has said of a followed subject and does not say any more."""

import random
from datetime import date, timedelta

from catalog.fact import Fact
from catalog.load import Catalog, shipped_observations
from catalog.metric import METRICS
from flows.stages.undo import take_back
from tests.warehouse.builders import FLAX, JAX, learned, week
from tests.whole import amount
from warehouse.frame import frame
from warehouse.land import Run, land
from warehouse.undone import undoing

WORLDS, NIGHTS = amount(4, 60), 10
DOWNLOADS = METRICS["pypi.downloads_30d"]
STANDING = """
select subject, metric, method, source, valid_at, status from observation_current
where status in ('not_applicable', 'curated') and subject in (select unnest($followed))
order by all
"""


def test_after_any_sequence_of_nights_the_catalog_says_of_whom_it_follows_what_it_says_tonight(warehouse):
    seen = withdrawn = 0
    for world in range(WORLDS):
        chance = random.Random(world)  # noqa: S311 - figures, not secrets
        for number in range(world * NIGHTS, (world + 1) * NIGHTS):
            said = night(warehouse, number, catalog := told(chance), chance)
            standing = stands(warehouse, catalog)
            assert {key for key in standing if key[-1] == "curated"} == {key for key in said if key[-1] == "curated"}
            assert {key[:2] for key in standing} == {key[:2] for key in said}
            seen += len(standing)
            if number % NIGHTS and chance.random() < 0.3:
                take_run_back(warehouse, number, catalog, chance.randint(world * NIGHTS, number))
        withdrawn += warehouse.execute("select count(*) from observation where reason = 'incomplete'").fetchall()[0][0]
    assert seen > WORLDS * NIGHTS
    assert withdrawn > WORLDS


def told(chance):
    """Return a catalog that follows one or two, with keys and facts by chance."""
    jax = JAX.model_copy(
        update={"pypi": chance.choice([None, "jax"]), "discourse_url": chance.choice([None, "https://a.b"])}
    )
    flax = FLAX.model_copy(update={"pypi": chance.choice([None, "flax"])})
    followed = chance.choice([(jax, flax), (jax, flax), (jax,)])
    facts = [fact(chance.choice(followed).id, day) for day in (1, 2, 3) if chance.random() < 0.6]
    return Catalog(subjects=followed, facts=tuple(facts), has_history=False)


def fact(subject, day):
    read = date(2026, 1, day)
    due = read + timedelta(days=300)
    return Fact(subject=subject, metric="curated.mobile", value="fair", valid_from=read, review_by=due, source="Guide")


def night(warehouse, number, catalog, chance):
    """Land what the catalog says, and by chance a figure of who has the key; return what it says."""
    keyed = [one.id for one in catalog.subjects if one.pypi and chance.random() < 0.5]
    run = Run(f"night-{number}", "nightly", week(number), week(number) + timedelta(minutes=5), "1")
    known = list(shipped_observations(catalog))
    brought = frame([DOWNLOADS.of(one, week(number), 300) for one in keyed])
    land(warehouse, brought, catalog, run, learned(number), standing=frame(known))
    return {
        (one.subject, one.metric, one.method, one.source, one.valid_at, one.status.value)
        for one in known
        if one.status in {"not_applicable", "curated"}
    }


def stands(warehouse, catalog):
    followed = [one.id for one in catalog.subjects]
    return set(warehouse.execute(STANDING, {"followed": followed}).fetchall())


def take_run_back(warehouse, number, catalog, other):
    runs = warehouse.execute(
        "select run_id from run where kind = 'nightly' and run_id not in (from undone_run select run_id)"
    )
    if f"night-{other}" in {run_id for (run_id,) in runs.fetchall()}:
        run = Run(f"undo-{number}", "undo", week(number), week(number) + timedelta(hours=1), "1")
        take_back(warehouse, catalog, undoing(warehouse, f"night-{other}"), run)
