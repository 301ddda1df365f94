-- Stars of the 365 complete days before the newest, for the subjects whose star history this run has touched; and before
-- each day of which that was told already, where days that came later have changed the sum.
-- $since is the oldest moment that has come: sums of days up to it stand.
-- Days before the history's beginning had none; any other missing day leaves the sum unsaid.
insert into observation by name
with touched as (
  select distinct subject from incoming where metric in ('github.stars_gained_1d', 'github.stars_history_start')
), word as (
  select * from observation
  semi join touched using (subject)
  where metric in ('github.stars_gained_1d', 'github.stars_history_start', 'github.stars_new_365d')
    and valid_at >= $since::timestamp - interval 366 days
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), gained as (
  select subject, valid_at as day, value from word
  where metric = 'github.stars_gained_1d' and status = 'measured'
), known as (
  select subject, valid_at as until, value, known_at, revision from word
  where metric = 'github.stars_new_365d' and method = 'exact_retained' and source = 'github' and valid_at >= $since
), beginning as (
  select subject, max(valid_at) as start from word
  where metric = 'github.stars_history_start' and status = 'measured'
  group by subject
), newest as (
  select subject, max(day) + interval 1 day as until from gained group by subject
), asked as (
  select subject, until from newest union select subject, until from known
), summed as (
  select asked.subject, asked.until, sum(gained.value) as value, count(*) as days,
    date_diff('day', greatest(asked.until - interval 365 days,
      coalesce(any_value(start), asked.until - interval 365 days)), asked.until) as expected
  from asked
  join gained on gained.subject = asked.subject
    and gained.day >= asked.until - interval 365 days and gained.day < asked.until
  left join beginning on beginning.subject = asked.subject
  group by asked.subject, asked.until
)
select subject, 'github.stars_new_365d' as metric, 'exact_retained' as method, 'github' as source,
  until as valid_at, greatest(known.known_at, $known_at::timestamp) as known_at,
  case when known.known_at >= $known_at::timestamp then known.revision + 1 else 0 end as revision, summed.value, days as n, 'derived' as status,
  'stars_new@1:los-angeles-days' as definition, 'accounts' as unit, $run_id as run_id
from summed
left join known using (subject, until)
where days = expected and known.value is distinct from summed.value
