-- The readings of the touched series from $floor on, and all of a series that they do not tell enough of: the gates need
-- ten readings before the oldest that has come, a good one before those, and half a year before that. $subjects are all of
-- them, or null: a name is compared faster than a series is joined.
with recent as (
  select series, valid_at, value, status = 'missing' as was_held, known_at, revision
  from observation join touched using (subject, metric, method, source)
  where valid_at >= $floor and (value is not null or status = 'missing')
    and coalesce(list_contains($subjects::varchar[], subject), true)
  union all
  select series, valid_at, value, false, $known_at::timestamp, 1000000
  from incoming join touched using (subject, metric, method, source)
  where value is not null or status = 'missing'
), again as (
  select series, valid_at from recent group by series, valid_at having count(*) > 1
), near as (
  from recent anti join again using (series, valid_at)
  union all
  (from recent semi join again using (series, valid_at)
  qualify row_number() over (partition by series, valid_at order by known_at desc, revision desc) = 1)
), before as (
  select series, near.valid_at, was_held, row_number() over (partition by series order by near.valid_at desc) as place
  from near join touched using (series)
  where near.valid_at < since and value is not null
), told as (
  select series
  from before
  group by series
  having min(valid_at) < max(valid_at) filter (place > 10 and not was_held) - interval 182 days
), short as (
  select series, subject, metric, method, source from touched anti join told using (series)
  where first_at < $floor
), far as (
  select series, valid_at, value, status = 'missing' as was_held, known_at, revision
  from observation join short using (subject, metric, method, source)
  where valid_at < $floor and (value is not null or status = 'missing')
    and coalesce(list_contains($subjects::varchar[], subject), true)
  qualify row_number() over (partition by series, valid_at order by known_at desc, revision desc) = 1
)
select series, valid_at, value, was_held from near where value is not null
union all
select series, valid_at, value, was_held from far where value is not null
