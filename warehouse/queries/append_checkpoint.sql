-- The place of a walk behind the page that lands with it.
insert into checkpoint by name select *, $known_at::timestamp as known_at, $run_id as run_id from appended
