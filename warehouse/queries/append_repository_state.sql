-- What was seen of each repository in this run.
insert into repository_state by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join repository_state as known using (repository, valid_at)
