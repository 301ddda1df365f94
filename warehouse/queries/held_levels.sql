-- Series whose newest readings are held back: since when, how many, the last good value before them and the newest.
with word as (
  select subject, metric, method, source, valid_at, value, reason is not distinct from 'quarantined' as is_held
  from observation_current where value is not null
), good as (
  select subject, metric, method, source, max(valid_at) filter (not is_held) as until, arg_max(value, valid_at) filter (not is_held) as before
  from word group by subject, metric, method, source
)
select subject, metric, source, count(*) as readings, min(valid_at) as since, any_value(before) as before,
  arg_max(value, valid_at) as value
from word
join good using (subject, metric, method, source)
where is_held and valid_at > coalesce(until, timestamp '1970-01-01')
group by subject, metric, method, source
order by subject, metric, source
