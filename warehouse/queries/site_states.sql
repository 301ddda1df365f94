-- How alive each main repository is, as of a day: the newest state, and since when it has been so.
with said as (
  select subject, value, valid_at
  from observation_current
  where metric = $metric and status in ('measured', 'derived') and valid_at < $before and known_at <= $known_at
), newest as (
  select subject, arg_max(value, valid_at) as state, max(valid_at) as seen_at from said group by subject
)
select newest.subject, state, seen_at, min(said.valid_at) as since
from newest join said using (subject)
where said.value = state and said.valid_at > coalesce(
  (select max(other.valid_at) from said as other where other.subject = newest.subject and other.value <> state), timestamp '-infinity')
group by all
order by subject
