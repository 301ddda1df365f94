-- Series whose newest readings are held back: since when, how many, the last good value before them and the newest.
-- The last good value is a newest word. No word after it has a value that counts, so the last of them lie among those alone.
with good as (
  select subject, metric, method, source, max(valid_at) filter (has_value) as until, arg_max(value, valid_at) filter (has_value) as before
  from newest_word group by subject, metric, method, source
), word as (
  select subject, metric, method, source, valid_at, value, reason, before
  from observation join good using (subject, metric, method, source)
  where status in ('missing', 'not_applicable') and valid_at > coalesce(until, timestamp '1970-01-01')
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select subject, metric, source, count(*) as readings, min(valid_at) as since, any_value(before) as before,
  arg_max(value, valid_at) as value
from word where reason = 'quarantined' and value is not null
group by subject, metric, method, source
order by subject, metric, source
