-- The nights that are dated later than $now: the clock of their machine was ahead.
select run_id, finished_at
from run
where kind = 'nightly' and run_id not in (select run_id from undone_run) and finished_at > $now::timestamp
order by finished_at desc
