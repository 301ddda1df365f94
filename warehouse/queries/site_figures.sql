-- The history of figures up to a day: every day that has a value; of a long series the last day of each month.
-- Of the subjects behind $after, up to $upto, by name. Of long series only the last days of months are read whole, and
-- all days of those months whose last day was taken back.
with month as (
  select subject, metric, date_trunc('month', valid_at) as month, max(valid_at)::date as last_day,
    bit_count(bit_or(1 << (day(valid_at)::integer - 1))) as days
  from observation
  where metric in (select unnest($metrics)) and status in ('measured', 'derived', 'curated') and valid_at < $before
    and known_at <= $known_at and subject > $after and subject <= $upto
  group by all
), told as (
  select *, sum(days) over (partition by subject, metric) > $most as is_thinned from month
), near as (
  select observation.*, is_thinned, month
  from observation join told using (subject, metric)
  where month = date_trunc('month', valid_at) and (not is_thinned or valid_at::date = last_day)
    and valid_at < $before and known_at <= $known_at
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), chosen as (
  from near where status in ('measured', 'derived', 'curated')
), far as (
  select observation.*, is_thinned, month
  from observation join (from told anti join chosen using (subject, metric, month)) using (subject, metric)
  where month = date_trunc('month', valid_at) and is_thinned and valid_at < $before and known_at <= $known_at
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), said as (
  from chosen
  union all by name
  from far where status in ('measured', 'derived', 'curated')
)
select subject, metric, valid_at, value, source, status = 'curated' as is_judged, unit, is_thinned, url
from said
qualify row_number() over (
  partition by subject, metric, case when is_thinned then month else date_trunc('day', valid_at) end
  order by valid_at::date desc, lane(status, method, source), valid_at desc, source
) = 1
order by subject, metric, valid_at
