-- Newest words that are kept and are no word that was ever said, and series of which none is kept.
with said as (
  select subject, metric, method, source, status in ('measured', 'derived', 'curated') as has_value, valid_at, known_at,
    revision, value, lo, hi, n, status, reason, definition, unit, valid_until, url, raw_sha256, run_id
  from observation
  semi join newest_word using (subject, metric, method, source, valid_at, known_at, revision)
), odd as (
  select * exclude (cells, first_at, known_until) from newest_word
  except
  from said
), lost as (
  select subject, metric, method, source, max(known_at) as known_at, max(valid_at) as valid_at
  from observation
  anti join newest_word using (subject, metric, method, source)
  group by subject, metric, method, source
)
select known_at, null::varchar as rubric, valid_at as as_of, subject, concat_ws(' ', metric, source, 'newest_word') as "column",
  odd.value::varchar as stored, said.value::varchar as recomputed
from odd
left join said using (subject, metric, method, source, valid_at, known_at, revision)
union all
select known_at, null, valid_at, subject, concat_ws(' ', metric, source, 'newest_word'), null, null
from lost
order by all
