-- When the last night that landed ended, by the clock of its machine.
select run_id, finished_at, status, missing, observations
from run
where kind = 'nightly' and run_id not in (select run_id from undone_run)
order by finished_at desc
limit 1
