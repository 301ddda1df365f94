-- The steady series that what has come goes on with in small steps, as they stand with it: nothing in them looks wrong.
-- A step is small that the gates allow beside the least of half a year: 3 % of a counter, of anything else less than the
-- fifth that 8 spreads are at least. What a person took for real, what shifted since, and older moments are read; and all
-- where what comes was learned before what is known.
with come as (
  select steady_series.*, monotone, incoming.valid_at, incoming.value,
    incoming.status in ('measured', 'derived') or (incoming.status = 'missing' and incoming.value is null) as is_plain
  from incoming
  join steady_series using (subject, metric, method, source)
  join metric on metric.metric = incoming.metric and metric.gated
), stepped as (
  select *, abs(value - coalesce(lag(value ignore nulls) over one, last_value)) as step,
    case when sign(value) = sign(last_value) then abs(value) else 0 end as size
  from come
  window one as (partition by subject, metric, method, source order by valid_at)
), gone_on as (
  select subject, metric, method, source, monotone, begins_at,
    coalesce(max(valid_at) filter (value is not null), last_at) as last_at,
    coalesce(arg_max(value, valid_at) filter (value is not null), last_value) as last_value,
    least(stepped.least, min(size) filter (value is not null)) as least,
    greatest(largest_step, max(step)) as largest_step
  from stepped
  group by subject, metric, method, source, monotone, begins_at, stepped.last_at, stepped.last_value, stepped.least,
    largest_step
  having min(valid_at) > stepped.last_at and bool_and(is_plain)
), shifted as (
  select subject, metric, source, max(valid_at) as shifted_at
  from quality_event where kind = 'level_shift' group by subject, metric, source
)
select gone_on.* exclude (monotone)
from gone_on
anti join accepted using (subject, metric, method, source)
left join shifted using (subject, metric, source)
where largest_step <= (case when monotone then 0.03 else 0.19 end) * gone_on.least
  and (last_value >= 0 or not monotone)
  and coalesce(shifted_at <= begins_at, true)
  and $known_at::timestamp > coalesce($kept_until::timestamp, timestamp '-infinity')
