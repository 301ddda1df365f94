-- Every reading of the touched series in which some step looks wrong or a value is held back already.
-- Series of which a person took readings for real are judged each time: that may have been taken back.
-- What is counted in the clone, the star history and the issues is not judged: it can be counted again for any day,
-- and the reconciliation compares it with what GitHub counts.
with touched as (
  select distinct incoming.subject, incoming.metric, incoming.method, incoming.source
  from incoming
  join metric on metric.metric = incoming.metric and metric.gated
  where incoming.status in ('measured', 'derived', 'missing') and incoming.method <> 'curated'
    and not (incoming.method in ('exact', 'exact_retained', 'reconstructed') and incoming.source in ('git', 'github'))
  union
  select subject, metric, method, source from accepted
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
), measured as (
  select * from reading where value is not null
), judged as (
  select *,
    median(value) over before as median,
    mad(value) over before as spread,
    count(*) over before as history,
    lag(value) over (partition by subject, metric, method, source order by valid_at) as previous
  from measured
  window before as (
    partition by subject, metric, method, source order by valid_at
    range between interval 182 days preceding and interval 1 microsecond preceding
  )
), real as (
  select subject, metric, method, source, valid_at, value, arg_max(reason, known_at) as reason
  from accepted anti join undone_run using (run_id)
  group by all
), suspect as (
  select distinct subject, metric, method, source
  from judged
  join metric using (metric)
  where was_held
    or (monotone and value < previous * 0.97)
    or (history >= 8 and abs(value - median) > 8 * greatest(spread, 0.025 * abs(median)))
)
select judged.*, metric.monotone, real.reason as accepted
from judged
semi join suspect using (subject, metric, method, source)
join metric using (metric)
left join real using (subject, metric, method, source, valid_at, value)
order by subject, metric, method, source, valid_at
