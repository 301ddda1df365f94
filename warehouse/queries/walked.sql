-- Up to when all issues of a subject are known: the newest walk that came to its end, unless a run was taken back since
-- that alone had told some of them.
with lost as (
  select issue.subject, max(undone_run.known_at) as undone_at
  from issue join undone_run using (run_id)
  left join (from issue anti join undone_run using (run_id)) as standing
    on standing.subject = issue.subject and standing.number = issue.number and standing.updated_at >= issue.updated_at
  where standing.number is null
  group by issue.subject
)
select subject, max(valid_at) as asked_at
from observation anti join undone_run using (run_id)
left join lost using (subject)
where metric = 'github.issues_walked' and status = 'measured' and known_at < $before
  and (undone_at is null or known_at > undone_at)
group by subject
