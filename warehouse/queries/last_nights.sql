-- When the last night that landed ended, by the clock of its machine, and what was kept of it.
select run_id, finished_at, status, missing, observations, detail_json
from run
where kind = 'nightly' and run_id not in (select run_id from undone_run)
order by finished_at desc
limit 1
