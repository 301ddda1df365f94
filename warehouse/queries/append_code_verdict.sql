-- What the code of repositories came to in this run.
insert into code_verdict by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from code_verdict anti join undone_run using (run_id)) as known using (repository, read_at)
