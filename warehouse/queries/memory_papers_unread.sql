-- The repositories of daily papers that were not read yet, or could not be read a week ago and more; the newest first.
with verdict as (
  select * from code_verdict anti join undone_run using (run_id) where known_at < $before
), settled as (
  select repository from verdict
  group by repository
  having bool_or(state <> 'unreadable') or max(read_at) > $before::timestamp - interval 7 days
)
select repository, max(listed_on) as listed_on
from paper anti join undone_run using (run_id)
where known_at < $before and repository is not null and lower(repository) not in (select repository from settled)
group by repository
order by listed_on desc, repository
