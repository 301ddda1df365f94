-- Up to when all issues of a subject are known: the newest walk that came to its end.
select subject, max(valid_at) as asked_at
from observation anti join undone_run using (run_id)
where metric = 'github.issues_walked' and status = 'measured' and known_at < $before
group by subject
