-- Whose issues are no longer known whole, because only a run that was taken back had told some of them, and no walk has
-- come to its end since: where the next one has to begin.
with standing as (
  from issue anti join undone_run using (run_id)
), lost as (
  select issue.subject, min(issue.updated_at) as updated_at, max(undone_run.known_at) as undone_at
  from issue join undone_run using (run_id)
  left join standing on standing.subject = issue.subject and standing.number = issue.number
    and standing.updated_at >= issue.updated_at
  where standing.number is null
  group by issue.subject
), walk as (
  select subject, max(known_at) as walked_at
  from observation anti join undone_run using (run_id)
  where metric = 'github.issues_walked' and status = 'measured'
  group by subject
)
select subject, updated_at from lost left join walk using (subject)
where walked_at is null or walked_at <= undone_at
