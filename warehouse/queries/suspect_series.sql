-- Every reading of the touched series in which some step looks wrong, a value is held back already, or a level shifted;
-- from the last good one on of which nothing that has come changes the verdict (`is_seed`), else from the first.
-- Medians are taken only where a step is large beside the least of half a year: no other reading can lie far from them.
with ordered as (
  select reading.*, is_exact, since,
    value - lag(value) over one as gain,
    epoch(valid_at) / 86400 - epoch(lag(valid_at) over one) / 86400 as days, lead(valid_at, 10) over one as tenth_at
  from reading join touched using (series)
  window one as (partition by series order by valid_at)
), seed as (
  select series, max(valid_at) as seed_at from ordered
  where tenth_at < since and not was_held
  group by series
), block as (
  select series, epoch(valid_at)::bigint // (26 * 86400) as number, min(value) as least, max(value) as most
  from reading group by series, number
), bound as (
  select series, number,
    case when min(least) over half_a_year > 0 then min(least) over half_a_year
      when max(most) over half_a_year < 0 then -max(most) over half_a_year else 0 end as least
  from block
  window half_a_year as (partition by series order by number range between 7 preceding and current row)
), shifted as (
  select subject, metric, source, max(valid_at) as shifted_at
  from quality_event where kind = 'level_shift' group by subject, metric, source
), named as (
  select series, seed_at, shifted_at, touched.subject, touched.metric, touched.method, touched.source, monotone
  from touched
  join metric using (metric)
  left join seed using (series)
  left join shifted using (subject, metric, source)
), stepping as (
  select distinct series, coalesce(seed_at, timestamp '-infinity') as from_at
  from ordered
  join named using (series)
  join bound on bound.series = ordered.series and bound.number = epoch(valid_at)::bigint // (26 * 86400)
  where valid_at > coalesce(seed_at, timestamp '-infinity')
    and (was_held or shifted_at > coalesce(seed_at, timestamp '-infinity') or abs(gain) > 0.19 * bound.least
      or (monotone and (gain < -0.03 * (value - gain) or gain > 0.03 * (value - gain))))
), judged as (
  select *,
    median(value) over before as median,
    mad(value) over before as spread,
    count(*) over before as history,
    median(gain / days) over before as pace,
    mad(gain / days) over before as pace_spread
  from ordered join stepping using (series)
  window before as (
    partition by series order by valid_at
    range between (case when valid_at >= from_at then interval 182 days else interval 1 microsecond end) preceding
      and interval 1 microsecond preceding
  )
), looked_at as (
  select judged.*, named.* exclude (series)
  from judged join named using (series)
  where valid_at >= coalesce(seed_at, timestamp '-infinity')
), suspect as (
  select distinct series from looked_at
  where valid_at is distinct from seed_at and (was_held
    or shifted_at > coalesce(seed_at, timestamp '-infinity')
    or (monotone and gain < -0.03 * (value - gain))
    or (monotone and history >= 8 and gain > 0.03 * (value - gain))
    or (history >= 8 and abs(value - median) > 8 * greatest(spread, 0.025 * abs(median))))
), real as (
  select subject, metric, method, source, valid_at, value, arg_max(reason, known_at) as reason
  from accepted anti join undone_run using (run_id)
  group by all
)
select subject, metric, method, source, valid_at, value, was_held, median, spread, history, pace, pace_spread, is_exact,
  monotone, valid_at is not distinct from seed_at as is_seed, real.reason as accepted
from looked_at
semi join suspect using (series)
left join real using (subject, metric, method, source, valid_at, value)
order by subject, metric, method, source, is_exact, valid_at
