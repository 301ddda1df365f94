-- What a run changes: its new values beside those that were effective until now, the furthest apart first. It is asked
-- before the newest words are brought up to date. What only keeps the books is left out, and so are the stars of single
-- days. Of the subjects behind $after, up to $upto, by name.
with fresh as (
  select subject, metric, value, valid_at
  from observation
  where known_at = $known_at and run_id = $run_id and subject > $after and subject <= $upto
    and status in ('measured', 'derived') and method <> 'archived' and metric not in (
    'github.issues_walked', 'github.stars_gained_1d', 'github.stars_gained_today', 'papers.days_read', 'mlperf.systems')
  qualify row_number() over (partition by subject, metric order by valid_at desc, revision desc) = 1
), before as (
  select subject, metric, value, valid_at
  from newest_word semi join fresh using (subject, metric)
  where status in ('measured', 'derived') and subject > $after and subject <= $upto
    and valid_at <= coalesce((select moment from present), timestamp 'infinity')
  qualify row_number() over (
    partition by subject, metric order by lane(status, method, source), valid_at desc, source
  ) = 1
)
select fresh.subject, fresh.metric, before.value as before, fresh.value as after, before.valid_at as since,
  abs(ln(greatest(fresh.value, 1e-9) / greatest(before.value, 1e-9))) as apart
from fresh
join before using (subject, metric)
where fresh.value is distinct from before.value
order by apart desc, fresh.subject, fresh.metric
limit $most
