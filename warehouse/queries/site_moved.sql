-- Figures that differ from what they were before $since: the newest value of each, and the one before it, which is of
-- $oldest at the earliest. Of the subjects behind $after, up to $upto, by name.
with word as (
  from observation
  where metric in (select unnest($metrics)) and valid_at >= $oldest and valid_at < $before
    and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), daily as (
  -- as metric_daily
  select subject, metric, valid_at::date as day, value
  from word
  where status in ('measured', 'derived', 'curated')
  qualify row_number() over (
    partition by subject, metric, valid_at::date order by lane(status, method, source), valid_at desc, source
  ) = 1
)
select subject, metric, arg_max(value, day) filter (day < $since) as before, max(day) filter (day < $since) as since,
  arg_max(value, day) as after, max(day) as day
from daily
group by subject, metric
having max(day) >= $since and before is not null and before is distinct from after
order by subject, metric
