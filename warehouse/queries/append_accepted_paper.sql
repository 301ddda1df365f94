-- Accepted papers that are not known yet.
insert into accepted_paper by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from accepted_paper anti join undone_run using (run_id)) as known using (venue, year, paper_id)
