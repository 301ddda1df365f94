-- Stars of the 365 complete days before each wanted day; days before the history's beginning had none.
insert into observation by name
with said as (
  select * from observation
  where metric in ('github.stars_gained_1d', 'github.stars_history_start') and known_at <= $known_at
    and subject in (select subject from wanted)
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), word as (
  select * from said where status = 'measured'
), beginning as (
  select subject, max(valid_at) filter (metric = 'github.stars_history_start') as start from word group by subject
), summed as (
  select subject, valid_at + interval 1 day as until, sum(value) over year as value, count(*) over year as days
  from word
  where metric = 'github.stars_gained_1d'
  window year as (partition by subject order by valid_at range between interval 364 days preceding and current row)
), told as (
  select subject, until, value, days
  from summed
  join beginning using (subject)
  where (subject, until) in (select (subject, day) from wanted)
    and days = date_diff('day', greatest(until - interval 365 days, coalesce(start, until - interval 365 days)), until)
)
select told.subject, 'github.stars_new_365d' as metric, 'exact_retained' as method, 'github' as source,
  until as valid_at, $known_at::timestamp as known_at, 0 as revision, told.value, days as n, 'derived' as status,
  'stars_new@1:los-angeles-days' as definition, 'accounts' as unit, $run_id as run_id
from told
left join observation_current as known
  on known.subject = told.subject and known.metric = 'github.stars_new_365d' and known.method = 'exact_retained'
    and known.source = 'github' and known.valid_at = until
where known.value is distinct from told.value
