-- The newest words of the series that have landed: what stood before, and what has come.
with touched as (
  select distinct subject, metric, method, source from landed
  anti join unsettled using (subject, metric, method, source)
), stood as (
  select newest_word.*,
    case when valid_at > coalesce((select moment from present), timestamp 'infinity') then valid_at end as ahead_at
  from newest_word semi join touched using (subject, metric, method, source)
), come as (
  select subject, metric, method, source, has_value, ahead_at, max(valid_at) as valid_at,
    count(*) filter (had_value is null) as cells, min(valid_at) as first_at, max(known_at) as known_until
  from landed semi join touched using (subject, metric, method, source)
  group by subject, metric, method, source, has_value, ahead_at
), side as (
  select subject, metric, method, source, has_value, ahead_at, valid_at, cells, first_at, known_until from stood
  union all by name
  from come
), kept as (
  select subject, metric, method, source, has_value, max(valid_at) as valid_at, sum(cells)::bigint as cells,
    min(first_at) as first_at
  from side group by subject, metric, method, source, has_value, ahead_at
), known as (
  select subject, metric, method, source, max(known_until) as known_until
  from side group by subject, metric, method, source
), word as (
  select * exclude (had_value, ahead_at) from landed
  semi join kept using (subject, metric, method, source, has_value, valid_at)
), words as (
  from word
  union all by name
  select * exclude (cells, first_at, known_until, ahead_at) from stood
  anti join word using (subject, metric, method, source, valid_at)
)
select words.*, kept.cells, kept.first_at, known.known_until
from words
join kept using (subject, metric, method, source, has_value, valid_at)
join known using (subject, metric, method, source)
