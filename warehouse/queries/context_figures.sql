-- The newest good value of metrics that a card shows without weighing them, with what brought it; benchmark tables each.
with word as (
  from observation
  where family(metric) in (select unnest($metrics)) and valid_at < $before and known_at <= $known_at
    and valid_at >= $before - to_days((
      select coalesce(max(max_age_days), 14) from metric where metric.metric = family(observation.metric)))
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select subject, family(metric) as metric, metric as observed, source, method, definition, valid_at, known_at, value, lo, hi,
  n, url, raw_sha256, run_id
from word
where status in ('measured', 'derived')
qualify row_number() over (
  partition by subject, family(metric), case when word.metric like 'benchmark.%' then source end
  order by valid_at desc, lane(status, method, source), word.metric desc, known_at desc, revision desc
) = 1
order by subject, metric, source
