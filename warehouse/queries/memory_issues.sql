-- The newest change of an issue that is known, per subject: the next walk begins there. Where a run was taken back it
-- begins at the oldest change that nobody else has told, unless a walk has come to its end since. A change that is dated
-- more than a day after it was told would let the next walks pass over all until then; it does not count.
with lost as (
  select issue.subject, min(issue.updated_at) as updated_at, max(undone_run.known_at) as undone_at
  from issue join undone_run using (run_id)
  left join (from issue anti join undone_run using (run_id)) as standing
    on standing.subject = issue.subject and standing.number = issue.number and standing.updated_at >= issue.updated_at
  where standing.number is null
  group by issue.subject
), walk as (
  select subject, max(known_at) as walked_at
  from observation anti join undone_run using (run_id)
  where metric = 'github.issues_walked' and status = 'measured'
  group by subject
), again as (
  select subject, updated_at from lost left join walk using (subject) where walked_at is null or walked_at <= undone_at
)
select issue.subject, least(
    coalesce(
      max(issue.updated_at) filter (issue.updated_at <= issue.known_at + interval 1 day), min(issue.updated_at)
    ),
    any_value(again.updated_at)
  ) as updated_at
from (from issue anti join undone_run using (run_id)) as issue
left join again using (subject)
where known_at < $before
group by issue.subject
