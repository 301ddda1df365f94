-- The newest Los Angeles day at which a count of stars and the stars of that day until then were asked together.
select today.subject, max(today.valid_at) as counted_at
from (from observation anti join undone_run using (run_id)) as today
join (from observation anti join undone_run using (run_id)) as counted using (subject)
where today.metric = 'github.stars_gained_today' and counted.metric = 'github.stars' and counted.method = 'snapshot'
  and counted.status = 'measured' and today.known_at < $before and counted.known_at < $before
  and abs(epoch(today.known_at) - epoch(counted.known_at)) <= 3600
group by today.subject
