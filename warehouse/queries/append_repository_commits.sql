-- Commits of blocks of 30 days; the first count of a block stays.
insert into repository_commits by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from repository_commits anti join undone_run using (run_id)) as known using (github_id, until)
