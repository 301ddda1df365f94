-- Stars at the wanted past days: a count less the stars that were given since, of the day of the count until then as well.
-- Only retained stars are in it; where a day in between is missing nothing is said.
insert into observation by name
with said as (
  select * from observation
  where metric in ('github.stars', 'github.stars_gained_1d', 'github.stars_gained_today') and known_at <= $known_at
    and subject in (select subject from wanted)
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), word as (
  select * from said where status = 'measured'
), anchor as (
  select today.subject, today.valid_at as today_at, counted.value - today.value as stars
  from word as today
  join word as counted using (subject)
  where today.metric = 'github.stars_gained_today' and counted.metric = 'github.stars' and counted.method = 'snapshot'
    and abs(epoch(today.known_at) - epoch(counted.known_at)) <= 3600
  qualify row_number() over (
    partition by today.subject order by today.valid_at desc, counted.valid_at desc, counted.known_at desc
  ) = 1
), later as (
  select gained.subject, gained.valid_at as day,
    sum(gained.value) over since as given, count(*) over since as days, today_at, stars
  from word as gained
  join anchor on anchor.subject = gained.subject and gained.valid_at < today_at
  where metric = 'github.stars_gained_1d'
  window since as (partition by gained.subject order by gained.valid_at desc)
), told as (
  select subject, day, stars - given as value
  from later
  where days = date_diff('day', day, today_at) and (subject, day) in (select (subject, day) from wanted)
)
select told.subject, 'github.stars' as metric, 'reconstructed' as method, 'github' as source, told.day as valid_at,
  $known_at::timestamp as known_at, 0 as revision, told.value, 'derived' as status,
  'stars@1:less-later-days' as definition, 'accounts' as unit, $run_id as run_id
from told
left join observation_current as known
  on known.subject = told.subject and known.metric = 'github.stars' and known.method = 'reconstructed'
    and known.source = 'github' and known.valid_at = told.day
where known.value is distinct from told.value
