-- The newest runs.
select run_id, kind, status, started_at, finished_at, observations, missing, quarantined
from run
order by known_at desc
limit 10
