-- What was found at the addresses of facts in this run.
insert into fact_reading by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join fact_reading as known using (subject, metric, source, valid_from, read_at)
