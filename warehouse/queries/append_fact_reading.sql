-- What was found at the addresses of facts in this run.
insert into fact_reading by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from fact_reading anti join undone_run using (run_id)) as known using (subject, metric, source, valid_from, read_at)
