-- What was measured in the 60 days before $before, where a card rests on a curated figure: the newest of each metric.
-- The last word is told as observation_current does, of these figures and days alone.
with figure as (
  select unnest($subjects) as subject, unnest($metrics) as metric
), word as (
  from observation semi join figure using (subject, metric)
  where valid_at < $before and valid_at >= $before - interval 60 days and known_at <= $known_at
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select subject, metric, source, method, valid_at, value, url, raw_sha256, run_id, known_at
from word
where status in ('measured', 'derived')
qualify row_number() over (
  partition by subject, metric order by valid_at desc, lane(status, method, source), source
) = 1
order by subject, metric
