-- The day on which each repository's star history begins: the week in which it was made.
select subject, max(valid_at)::date as created_on
from observation_current
where metric = 'github.stars_history_start' and status = 'measured'
group by subject
