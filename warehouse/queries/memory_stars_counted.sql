-- The newest Los Angeles day at which a count of stars and the stars of that day until then were asked together: within an
-- hour, so that both lie in one hour or in hours side by side.
with asked as (
  select subject, metric, valid_at, known_at, epoch(known_at)::bigint // 3600 as hour
  from observation anti join undone_run using (run_id)
  where known_at < $before and (
    metric = 'github.stars_gained_today' or (metric = 'github.stars' and method = 'snapshot' and status = 'measured'))
), counted as (
  select distinct subject, known_at, hour + beside as hour
  from asked cross join (select unnest([-1, 0, 1]) as beside)
  where metric = 'github.stars'
)
select today.subject, max(today.valid_at) as counted_at
from (from asked where metric = 'github.stars_gained_today') as today
join counted using (subject, hour)
where abs(epoch(today.known_at) - epoch(counted.known_at)) <= 3600
group by today.subject
