-- What a run changed: its new values beside the effective values known just before it; what only keeps the books is left
-- out, and so are the stars of single days.
with fresh as (
  select subject, metric, value, valid_at
  from observation
  where run_id = $run_id and status in ('measured', 'derived') and method <> 'archived' and metric not in (
    'github.issues_walked', 'github.stars_gained_1d', 'github.stars_gained_today', 'papers.days_read', 'mlperf.systems')
  qualify row_number() over (partition by subject, metric order by valid_at desc, revision desc) = 1
), word as (
  select subject, metric, method, source, valid_at, value, status
  from observation semi join fresh using (subject, metric)
  where known_at < $known_at
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), before as (
  select subject, metric, value, valid_at
  from word
  where status in ('measured', 'derived')
  qualify row_number() over (
    partition by subject, metric order by lane(status, method, source), valid_at desc, source
  ) = 1
)
select fresh.subject, fresh.metric, before.value as before, fresh.value as after, before.valid_at as since
from fresh
join before using (subject, metric)
where fresh.value is distinct from before.value
order by abs(ln(greatest(fresh.value, 1e-9) / greatest(before.value, 1e-9))) desc, fresh.subject, fresh.metric
limit 20
