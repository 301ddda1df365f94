-- A question about one subject reads what is kept of it alone, and one about everybody of very many subjects holds their
-- keys, not all that is told of them. Every row is as before.

-- The series of which newest_word does not tell the newest words before a moment, as known at another.
create macro unsettled_series(valid, known) as table
with moment as (
  select valid::timestamp as valid_moment, known::timestamp as known_moment
), late as not materialized (
  select subject, metric, method, source, has_value, min(first_at) as first_at, valid_moment
  from newest_word cross join moment
  where valid_at >= valid_moment
  group by all
), begun as not materialized (
  select late.subject, late.metric, late.method, late.source
  from late
  left join newest_word on newest_word.subject = late.subject and newest_word.metric = late.metric
    and newest_word.method = late.method and newest_word.source = late.source
    and newest_word.has_value = late.has_value and newest_word.valid_at < valid_moment
  where late.first_at < valid_moment and newest_word.subject is null
)
select subject, metric, method, source from newest_word cross join moment where known_until > known_moment
union
from begun;

-- The newest words before a moment of the other series.
create macro newest_kept(valid, known) as table
with moment as (
  select valid::timestamp as valid_moment, known::timestamp as known_moment
), several as not materialized (
  select subject, metric, method, source,
    max(case when has_value then valid_at end) as value_at, max(case when not has_value then valid_at end) as silent_at
  from newest_word cross join moment
  where valid_at < valid_moment
  group by subject, metric, method, source
  having greatest(count(*) filter (has_value), count(*) filter (not has_value)) > 1
), watched as not materialized (
  select subject, metric, method, source, max(value_at) as value_at, max(silent_at) as silent_at, bool_or(is_unsettled) as is_unsettled
  from (
    select *, false as is_unsettled from several
    union all by name
    select *, true as is_unsettled from unsettled_series(valid, known)
  )
  group by subject, metric, method, source
), settled as not materialized (
  select newest_word.* exclude (cells, first_at, known_until)
  from newest_word left join watched using (subject, metric, method, source)
  where newest_word.valid_at < (select valid_moment from moment)
    and coalesce(not is_unsettled and valid_at = case when has_value then value_at else silent_at end, true)
)
from settled;

-- The newest words before a moment of unsettled series: from the eight days before the moment, else from the whole series. Of
-- a series that has a value its silence is left out.
create macro newest_found(valid, known) as table
with unsettled as (
  from unsettled_series(valid, known)
), near as not materialized (
  select observation.*, status in ('measured', 'derived', 'curated') as has_value
  from observation join unsettled using (subject, metric, method, source)
  where valid_at < valid::timestamp and valid_at >= valid::timestamp - interval 8 days and known_at <= known::timestamp
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), told as (
  from near where has_value
  qualify row_number() over (partition by subject, metric, method, source order by valid_at desc) = 1
), untold as not materialized (
  select unsettled.* from unsettled left join told using (subject, metric, method, source) where told.subject is null
), far as not materialized (
  select observation.*, status in ('measured', 'derived', 'curated') as has_value
  from observation join untold using (subject, metric, method, source)
  where valid_at < valid::timestamp and known_at <= known::timestamp
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), remembered as not materialized (
  from far
  qualify row_number() over (partition by subject, metric, method, source, has_value order by valid_at desc) = 1
)
from told union all by name from remembered;

create or replace macro newest_before(valid, known) as table
from newest_kept(valid, known) union all by name from newest_found(valid, known);
comment on macro table newest_before is 'The newest word of each series before a moment (valid), as known at another (known).';

create or replace macro metric_as_of(valid, known) as table
with moment as (
  select valid::timestamp as valid_moment
), found as (
  from newest_found(valid, known)
), word as not materialized (
  from newest_kept(valid, known) union all by name from found
), ended as not materialized (
  select subject, metric as ended_metric, min(valid_at) as ended_at from word
  where status = 'not_applicable' and valid_at > timestamp 'epoch'
  group by all
), placed as not materialized (
  select word.subject, word.metric, method, source, has_value, valid_at, lane(status, method, source) as lane,
    case
      when not has_value then false
      when valid_until is not null then valid_moment <= valid_until
      else (epoch_us(valid_moment) - epoch_us(valid_at)) / 86400e6 <= coalesce(metric.max_age_days, 14)
    end as is_fresh
  from word cross join moment
  left join metric on metric.metric = family(word.metric)
), newest as not materialized (
  from placed
  qualify row_number() over (partition by subject, metric, has_value, lane, source order by valid_at desc) = 1
), ranked as not materialized (
  select *, max(case when is_fresh and lane < 9 then valid_at end) over (partition by subject, metric) as measured_at,
    max(case when has_value and lane < 9 then valid_at end) over (partition by subject, metric) as last_measured_at
  from newest
), standing as not materialized (
  select ranked.* from ranked
  left join ended on ended.subject = ranked.subject and ended.ended_metric = family(ranked.metric)
  where (lane < 9 or coalesce(valid_at >= last_measured_at, true))
    and (lane = 9 or source = 'catalog' or ended_at is null or valid_at > ended_at)
), chosen as not materialized (
  select subject, metric, method, source, has_value, is_fresh
  from standing
  qualify row_number() over (
    partition by subject, metric
    order by has_value desc, is_fresh desc,
      case when is_fresh and lane = 9 and valid_at > measured_at + interval 7 days then -1 when is_fresh then lane end,
      valid_at desc, source
  ) = 1
)
select subject, metric, method, source, valid_at, known_at, case when has_value then value end as value, lo, hi, n,
  status, reason, definition, unit, valid_until, url, raw_sha256, run_id,
  (epoch_us(valid_moment) - epoch_us(valid_at)) / 86400e6 as age_days, is_fresh
from word join chosen using (subject, metric, method, source, has_value) cross join moment;
comment on macro table metric_as_of is 'The effective value per subject and metric at a past moment (valid), with what was known then (known).';
comment on macro table unsettled_series is 'The series of which newest_word does not tell the newest words before a moment (valid), as known at another (known).';
comment on macro table newest_kept is 'The newest words before a moment (valid) of the series of which newest_word tells them.';
comment on macro table newest_found is 'The newest words before a moment (valid) of the other series, looked for in all observations.';
