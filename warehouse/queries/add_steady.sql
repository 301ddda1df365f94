-- Of the series that were read and not judged, the last ten steps, where nothing of them is held back; with fewer
-- readings, all of them.
insert into steady_series by name
with calm as (
  select series, subject, metric, method, source
  from touched anti join verdict using (subject, metric, method, source)
  where since is not null and first_at is not null and not is_exact
), ordered as (
  select reading.*, value - lag(value) over one as gain, row_number() over (partition by series order by valid_at desc) as place
  from reading semi join calm using (series)
  window one as (partition by series order by valid_at)
), told as (
  select series,
    case when count(*) > 10 then min(valid_at) filter (place <= 11) else timestamp '0001-01-01' end as begins_at,
    max(valid_at) as last_at, arg_max(value, valid_at) as last_value,
    case when min(value) > 0 then min(value) when max(value) < 0 then -max(value) else 0 end as least,
    coalesce(max(abs(gain)) filter (place <= 10), 0) as largest_step
  from ordered
  group by series
  having not bool_or(was_held and place <= 11)
)
select subject, metric, method, source, begins_at, last_at, last_value, least, largest_step
from told join calm using (series)
