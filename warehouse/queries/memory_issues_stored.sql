-- How many issues of each subject are stored and not known to be gone.
with seen as (
  select subject, number, max(known_at) as seen_at
  from issue anti join undone_run using (run_id)
  where known_at < $before
  group by subject, number
), asked as (
  select subject, number, arg_max(is_gone, asked_at) as is_gone, max(asked_at) as asked_at
  from issue_asked anti join undone_run using (run_id)
  where known_at < $before
  group by subject, number
)
select subject, count(*) filter (not coalesce(is_gone and asked_at > seen_at, false)) as issues
from seen
left join asked using (subject, number)
group by subject
