"""The newest words that landings keep always equal what all words say, whatever lands, is taken back or accepted."""

import random
from datetime import timedelta

from catalog.metric import METRICS
from catalog.observation import Reason
from tests.warehouse.builders import FOLLOWED, LEARNED, bring, learned, one, stars, week
from tests.whole import amount
from warehouse.accepted import Acceptance, held_levels, record_accepted
from warehouse.connection import note_present
from warehouse.frame import frame
from warehouse.land import Run, land
from warehouse.undone import record_undone, restated, standing_words, undoing

TURNS, STEPS = amount(1, 12), 8
WAYS = [
    {"method": "snapshot", "source": "github"},
    {"method": "exact_retained", "source": "github"},
    {"method": "archived", "source": "tracker"},
]
SERIES = "subject, metric, method, source"
COUNTED = f"""
with word as (
  select *, status in ('measured', 'derived', 'curated') as has_value,
    max(known_at) over (partition by {SERIES}) as known_until
  from observation qualify row_number() over (partition by {SERIES}, valid_at order by known_at desc, revision desc) = 1
), own as (
  select *, row_number() over (partition by {SERIES}, has_value order by valid_at desc) as place,
    count(*) over (partition by {SERIES}, has_value) as cells, min(valid_at) over (partition by {SERIES}, has_value) as first_at
  from word where valid_at <= (select moment from present)
)
select {SERIES}, has_value, valid_at, known_at, revision, value, status, reason, run_id, cells, first_at, known_until
from own where place = 1 order by all
"""
KEPT = f"""
with told as (
  select *, row_number() over (partition by {SERIES}, has_value order by valid_at desc) as place,
    sum(cells) over (partition by {SERIES}, has_value)::bigint as all_cells,
    min(first_at) over (partition by {SERIES}, has_value) as oldest_at
  from newest_word where valid_at <= (select moment from present)
)
select {SERIES}, has_value, valid_at, known_at, revision, value, status, reason, run_id, all_cells, oldest_at, known_until
from told where place = 1 order by all
"""
EFFECTIVE = "select subject, metric, value, status, source, valid_at, known_at, is_fresh from {} order by all"


def test_after_any_sequence_of_landings_undoings_and_acceptances_the_newest_words_are_those_of_all(warehouse):
    seen = 0
    for turn in range(TURNS):
        chance = random.Random(turn)  # noqa: S311 - figures, not secrets
        for step in range(turn * STEPS, (turn + 1) * STEPS):
            write(warehouse, chance, step)
            note_present(warehouse, week(chance.choice([25, 40, 60, 60])))
            counted = warehouse.sql(COUNTED).fetchall()
            assert warehouse.sql(KEPT).fetchall() == counted
            seen += len(counted)
    assert seen > TURNS * STEPS * 4


HELD = f"""
with word as (
  select {SERIES}, valid_at, value, reason is not distinct from 'quarantined' as is_held
  from observation_current where value is not null
), good as (
  select {SERIES}, max(valid_at) filter (not is_held) as until, arg_max(value, valid_at) filter (not is_held) as before
  from word group by all
)
select subject, metric, source, count(*), min(valid_at), any_value(before), arg_max(value, valid_at)
from word join good using ({SERIES}) where is_held and valid_at > coalesce(until, timestamp '1970-01-01')
group by {SERIES} order by all
"""


def test_the_levels_that_are_held_back_are_those_that_all_words_tell(warehouse):
    seen = 0
    for turn in range(TURNS):
        chance = random.Random(100 + turn)  # noqa: S311 - figures, not secrets
        for step in range(turn * STEPS, (turn + 1) * STEPS):
            write(warehouse, chance, step)
            told = sorted(tuple(row.values()) for row in held_levels(warehouse))
            assert told == warehouse.execute(HELD).fetchall()
            seen += len(told)
    assert seen > TURNS


def test_the_rule_of_a_moment_reads_the_same_from_newest_words_and_from_all(warehouse):
    chance = random.Random(7)  # noqa: S311 - figures, not secrets
    note_present(warehouse, week(60))
    for step in range(STEPS):
        write(warehouse, chance, step)
    moments = [(week(chance.uniform(0, 60)), learned(chance.randint(0, STEPS + 1))) for _ in range(amount(5, 100))]
    short = [warehouse.sql(EFFECTIVE.format(f"metric_as_of('{day}', '{known}')")).fetchall() for day, known in moments]
    warehouse.execute("update newest_word set known_until = 'infinity', first_at = '1970-01-01'")
    assert [
        warehouse.sql(EFFECTIVE.format(f"metric_as_of('{day}', '{known}')")).fetchall() for day, known in moments
    ] == short
    assert sum(map(len, short)) > len(moments)


def write(warehouse, chance, step):
    """Land random readings, a few of them later than known moments; or take a run back, or accept what is held."""
    landed = [
        row[0] for row in warehouse.sql("select run_id from run where kind = 'import' order by known_at").fetchall()
    ]
    undone = {row[0] for row in warehouse.sql("select run_id from undone_run").fetchall()}
    able = [run_id for run_id in landed if run_id not in undone]
    if able and chance.random() < 0.25:
        undo(warehouse, chance.choice(able), step)
    elif one(warehouse, "select count(*) from observation where reason = 'quarantined'") and chance.random() < 0.5:
        chosen = Acceptance("jax", "github.stars", None, "seen")
        record_accepted(warehouse, chosen, learned(step), f"accept-{step}")
        bring(warehouse, stars(50, 1), at=step, run_id=f"accept-{step}")
    else:
        at = step if chance.random() < 0.8 else chance.randint(0, step)
        bring(warehouse, *(reading(chance) for _ in range(6)), at=at, run_id=f"run-{step}")


def reading(chance):
    metric, valid_at = METRICS[chance.choice(["github.stars", "github.forks"])], week(chance.randint(0, 45))
    more = chance.choice(WAYS)
    if chance.random() < 0.25:
        return metric.missing("jax", valid_at, Reason.UNREACHABLE, **more)
    value = chance.choice([30, 100, 101, 102, 103, 104, 400])
    return metric.of("jax", valid_at + timedelta(days=chance.choice([0, 0, 3])), value, **more)


def undo(warehouse, run_id, step):
    found = undoing(warehouse, run_id)
    words = restated(standing_words(warehouse, found))
    record_undone(warehouse, found, None, learned(step), f"undo-{step}")
    run = Run(f"undo-{step}", "undo", LEARNED, max(LEARNED, week(60)), "1")
    land(warehouse, frame([]), FOLLOWED, run, learned(step), standing=words)
