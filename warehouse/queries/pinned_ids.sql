-- The repository id under which each subject was first seen.
select subject, arg_min(value, known_at) as github_id
from observation anti join undone_run using (run_id)
where metric = 'github.repository_id' and status = 'measured'
group by subject
