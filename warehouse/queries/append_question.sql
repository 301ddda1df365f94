-- Questions of a cohort, as they were looked at.
insert into question by name select *, $known_at::timestamp as known_at, $run_id as run_id from brought
