-- Series whose newest words, as they are kept, are not the newest that was said, made again from all that was said.
-- Of the subjects behind $after, up to $upto, by name.
with word as (
  select subject, metric, method, source, valid_at, max(known_at) as known_at,
    arg_max(status, (known_at, revision)) in ('measured', 'derived', 'curated') as has_value
  from observation
  where subject > $after and subject <= $upto
  group by subject, metric, method, source, valid_at
), side as (
  select subject, metric, method, source, has_value, max(valid_at) as valid_at, arg_max(known_at, valid_at) as known_at,
    count(*) as cells, min(valid_at) as first_at, max(known_at) as newest_known_at
  from word
  group by subject, metric, method, source, has_value,
    case when valid_at > coalesce((select moment from present), timestamp 'infinity') then valid_at end
), newest as (
  select * exclude (newest_known_at),
    max(newest_known_at) over (partition by subject, metric, method, source) as known_until
  from side
), kept as (
  from newest_word where subject > $after and subject <= $upto
), said as (
  select subject, metric, method, source, status in ('measured', 'derived', 'curated') as has_value, valid_at, known_at,
    revision, value, lo, hi, n, status, reason, definition, unit, valid_until, url, raw_sha256, run_id
  from observation semi join kept using (subject, metric, method, source, valid_at, known_at, revision)
), differing as (
  select subject, metric, source, known_at, valid_at, odd.value as stored, said.value as recomputed
  from (
    select * exclude (cells, first_at, known_until) from kept
    except
    from said
  ) as odd
  left join said using (subject, metric, method, source, valid_at, known_at, revision)
  union all
  select subject, metric, source, coalesce(newest.known_at, kept.known_at), valid_at, kept.value, null
  from newest full join kept using (subject, metric, method, source, has_value, valid_at)
  where (newest.known_at, newest.cells, newest.first_at, newest.known_until)
    is distinct from (kept.known_at, kept.cells, kept.first_at, kept.known_until)
)
select max(known_at) as known_at, null::varchar as rubric, max(valid_at) as as_of, subject,
  concat_ws(' ', metric, source, 'newest_word') as "column", max(differing.stored)::varchar as stored,
  max(differing.recomputed)::varchar as recomputed
from differing
group by subject, metric, source
order by all
