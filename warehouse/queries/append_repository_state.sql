-- What was seen of each repository in this run.
insert into repository_state by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from repository_state anti join undone_run using (run_id)) as known using (repository, valid_at)
