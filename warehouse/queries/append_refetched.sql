-- What was asked for again in this run.
insert into refetched by name select *, $known_at::timestamp as known_at, $run_id as run_id from appended
