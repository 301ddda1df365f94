-- Stars of the 365 complete days before the newest, for the subjects whose star history this run has touched; and before
-- each day of which that was told already. $since is the oldest moment that has come: sums of days up to it stand.
-- A year that goes on gains what has come and loses the days between $dropped_from and $dropped_until that it leaves behind.
with touched as (
  select distinct subject
  from (from incoming where metric in ('github.stars_gained_1d', 'github.stars_history_start')) as come
  anti join year_going_on using (subject)
), word as (
  from observation semi join touched using (subject)
  where metric in ('github.stars_gained_1d', 'github.stars_history_start')
    and valid_at >= $since::timestamp - interval 366 days
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), gained as (
  select subject, valid_at as day, value from word where metric = 'github.stars_gained_1d' and status = 'measured'
), beginning as (
  select subject, max(valid_at) as start from word
  where metric = 'github.stars_history_start' and status = 'measured'
  group by subject
), newest as (
  select subject, max(day) + interval 1 day as until from gained group by subject
), asked as (
  select subject, until from newest
  union
  select subject, valid_at from observation semi join touched using (subject)
  where metric = 'github.stars_new_365d' and method = 'exact_retained' and source = 'github'
    and valid_at >= $since::timestamp
), summed as (
  select asked.subject, asked.until, sum(gained.value) as value, count(*) as days, any_value(start) as start,
    bool_and(coalesce(gained.value >= 0 and gained.value = trunc(gained.value), false)) as is_plain
  from asked
  join gained on gained.subject = asked.subject
    and gained.day >= asked.until - interval 365 days and gained.day < asked.until
  left join beginning on beginning.subject = asked.subject
  group by asked.subject, asked.until
), dropped as (
  select subject, sum(gone.value) as value, count(*) as days
  from (
    from observation semi join year_going_on using (subject)
    where metric = 'github.stars_gained_1d' and valid_at >= $dropped_from::timestamp
      and valid_at < $dropped_until::timestamp
    qualify row_number() over (
      partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
    ) = 1
  ) as gone
  join year_going_on as year using (subject)
  where status = 'measured' and valid_at >= old_until - interval 365 days and valid_at < until - interval 365 days
  group by subject
)
select subject, until, value, days, start, newest.until is not null as is_newest, is_plain
from summed left join newest using (subject, until)
union all
select subject, until, year.value - coalesce(dropped.value, 0), year.days - coalesce(dropped.days, 0), start, true, true
from year_going_on as year left join dropped using (subject)
union all
select subject, old_until, old_value, old_days, start, false, true
from year_going_on where is_told and old_until <> until
