-- The newest runs, and by which undo run one was taken back.
select run.run_id, kind, status, started_at, finished_at, observations, missing, quarantined, by_run_id as undone_by
from run
left join undone_run using (run_id)
order by run.known_at desc
limit 10
