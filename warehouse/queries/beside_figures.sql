-- What was measured in the 60 days before $before, where a card rests on a curated figure: the newest of each metric.
with figure as (
  select unnest($subjects) as subject, unnest($metrics) as metric
)
select subject, metric, source, method, valid_at, value, url, raw_sha256, run_id, known_at
from observation_current
join figure using (subject, metric)
where status in ('measured', 'derived') and valid_at < $before and valid_at >= $before - interval 60 days
  and known_at <= $known_at
qualify row_number() over (
  partition by subject, metric order by valid_at desc, lane(status, method, source), source
) = 1
order by subject, metric
