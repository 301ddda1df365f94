-- Lists of accepted papers that were asked for in this run.
insert into venue_count by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from venue_count anti join undone_run using (run_id)) as known using (venue, year, source, counted_at)
