-- Every reading of the touched series in which some step looks wrong, a value is held back already, or a level shifted.
-- What is counted from stored events is not judged: it can be counted again for any day, and the reconciliation compares
-- it with what others count. What was held back of it comes along, to be released. Series of which a person took readings
-- for real are judged each time: that may have been taken back.
with touched as (
  select distinct incoming.subject, incoming.metric, incoming.method, incoming.source, false as is_exact
  from incoming
  join metric on metric.metric = incoming.metric and metric.gated
  where incoming.status in ('measured', 'derived', 'missing')
    and incoming.method not in ('curated', 'exact', 'exact_retained', 'reconstructed')
  union
  select distinct subject, metric, method, source, true as is_exact
  from observation
  where reason = 'quarantined' and method in ('exact', 'exact_retained', 'reconstructed')
  union
  select subject, metric, method, source, false as is_exact
  from accepted
  where method not in ('exact', 'exact_retained', 'reconstructed')
), word as (
  select subject, metric, method, source, valid_at, value, known_at, revision,
    status = 'missing' as was_held
  from observation
  semi join touched using (subject, metric, method, source)
  where value is not null
    or status = 'missing'
  union all by name
  select subject, metric, method, source, valid_at, value, $known_at::timestamp as known_at, 1000000 as revision,
    false as was_held
  from incoming
  semi join touched using (subject, metric, method, source)
  where value is not null or status = 'missing'
), reading as (
  select subject, metric, method, source, valid_at, value, was_held
  from word
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), stepped as (
  select *, value - lag(value) over series as gain,
    epoch(valid_at) / 86400 - epoch(lag(valid_at) over series) / 86400 as days
  from reading
  where value is not null
  window series as (partition by subject, metric, method, source order by valid_at)
), judged as (
  select *,
    median(value) over before as median,
    mad(value) over before as spread,
    count(*) over before as history,
    median(gain / days) over before as pace,
    mad(gain / days) over before as pace_spread
  from stepped
  window before as (
    partition by subject, metric, method, source order by valid_at
    range between interval 182 days preceding and interval 1 microsecond preceding
  )
), shifted as (
  select distinct subject, metric, source from quality_event where kind = 'level_shift'
), real as (
  select subject, metric, method, source, valid_at, value, arg_max(reason, known_at) as reason
  from accepted anti join undone_run using (run_id)
  group by all
), suspect as (
  select distinct judged.subject, judged.metric, judged.method, judged.source
  from judged
  join metric on metric.metric = judged.metric
  left join shifted
    on shifted.subject = judged.subject and shifted.metric = judged.metric and shifted.source = judged.source
  where was_held
    or shifted.subject is not null
    or (monotone and gain < -0.03 * (value - gain))
    or (monotone and history >= 8 and gain > 0.03 * (value - gain))
    or (history >= 8 and abs(value - median) > 8 * greatest(spread, 0.025 * abs(median)))
)
select judged.*, touched.is_exact, metric.monotone, real.reason as accepted
from judged
join touched using (subject, metric, method, source)
semi join suspect using (subject, metric, method, source)
join metric using (metric)
left join real using (subject, metric, method, source, valid_at, value)
order by subject, metric, method, source, valid_at
