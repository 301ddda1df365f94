"""A question about everybody of very many subjects holds their keys, not all that is told of them."""

from tests.warehouse.builders import learned
from warehouse.connection import note_present

SUBJECTS, CELLS = 2_000, 100
KEPT = f"""
insert into newest_word by name
select 'subject-' || subject as subject, 'some.metric_' || cell as metric, 'snapshot' as method, 'some' as source,
  true as has_value, $at as valid_at, $at as known_at, 0 as revision, cell::double as value, 'measured' as status,
  'figure@1' as definition, '1' as unit, 'https://some.test/' || subject || '/' || cell as url, 'one' as run_id,
  1 as cells, $at as first_at, $at as known_until
from range({SUBJECTS}) as subjects(subject), range({CELLS}) as cells(cell)
"""
LITTLE = "360MB"
"""The rows themselves take about 60 MB; with all that is told of each, 380 MB were not enough."""


def test_everybody_of_very_many_subjects_is_told_within_little_memory(warehouse):
    warehouse.execute(KEPT, {"at": learned(0)})
    note_present(warehouse, learned(1))
    warehouse.execute("set temp_directory = ''")
    warehouse.execute(f"set memory_limit = '{LITTLE}'")

    told = "select count(*), count(distinct subject), sum(value), count(distinct url) from metric_latest"

    cells = SUBJECTS * CELLS
    assert warehouse.sql(told).fetchall() == [(cells, SUBJECTS, cells * (CELLS - 1) / 2, cells)]
