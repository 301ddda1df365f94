-- The history of figures up to a day: every day that has a value; of a long series the last day of each month.
-- Of the subjects behind $after, up to $upto, by name.
with word as (
  select subject, metric, method, source, valid_at, value, status, url, unit from observation
  where metric in (select unnest($metrics)) and valid_at < $before
    and known_at <= $known_at and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), said as (
  select subject, metric, valid_at, value, source, url, status = 'curated' as is_judged, unit
  from word
  where status in ('measured', 'derived', 'curated')
  qualify row_number() over (
    partition by subject, metric, valid_at::date order by lane(status, method, source), valid_at desc, source
  ) = 1
), counted as (
  select *, count(*) over (partition by subject, metric) > $most as is_thinned from said
)
select subject, metric, valid_at, value, source, is_judged, unit, is_thinned, url
from counted
qualify row_number() over (
  partition by subject, metric, case when is_thinned then date_trunc('month', valid_at) else date_trunc('day', valid_at) end
  order by valid_at desc
) = 1
order by subject, metric, valid_at
