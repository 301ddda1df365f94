-- The last night that landed and has ended by $now, by the clock of its machine, and what was kept of it; where all are
-- dated later, the last of them.
select run_id, known_at, finished_at, status, missing, observations, detail_json
from run
where kind = 'nightly' and run_id not in (select run_id from undone_run)
order by finished_at <= $now::timestamp desc, finished_at desc
limit 1
