-- Stars of the last 365 complete days, for the subjects whose star history this run has touched.
-- Days before the history's beginning had none; any other missing day leaves the sum unsaid.
insert into observation by name
with touched as (
  select distinct subject from incoming where metric = 'github.stars_gained_1d'
), word as (
  select * from observation
  semi join touched using (subject)
  where metric in ('github.stars_gained_1d', 'github.stars_history_start', 'github.stars_new_365d')
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), newest as (
  select subject,
    max(valid_at) filter (metric = 'github.stars_gained_1d') + interval 1 day as until,
    max(valid_at) filter (metric = 'github.stars_history_start') as start
  from word
  where status = 'measured'
  group by subject
), summed as (
  select word.subject, until, sum(value) as value, count(*) as days,
    date_diff('day', greatest(until - interval 365 days, coalesce(any_value(start), until - interval 365 days)), until)
      as expected
  from word
  join newest using (subject)
  where metric = 'github.stars_gained_1d' and status = 'measured' and valid_at >= until - interval 365 days and valid_at < until
  group by word.subject, until
)
select summed.subject, 'github.stars_new_365d' as metric, 'exact_retained' as method, 'github' as source,
  until as valid_at, $known_at::timestamp as known_at,
  case when known.known_at >= $known_at::timestamp then known.revision + 1 else 0 end as revision, summed.value, days as n, 'derived' as status,
  'stars_new@1:los-angeles-days' as definition, 'accounts' as unit, $run_id as run_id
from summed
left join word as known
  on known.subject = summed.subject and known.metric = 'github.stars_new_365d' and known.valid_at = until
where days = expected and known.value is distinct from summed.value
