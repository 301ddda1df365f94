-- A curated value that is older than a measurement never takes its place, not even that of a stale one.
create or replace macro metric_as_of(valid, known) as table
with moment as (
  select valid::timestamp as valid_moment, known::timestamp as known_moment
), word as (
  select observation.*, lane(status, method, source) as lane,
    (epoch_us(valid_moment) - epoch_us(valid_at)) / 86400e6 as age_days,
    status in ('measured', 'derived', 'curated') as has_value, valid_moment
  from observation cross join moment
  where known_at <= known_moment and valid_at < valid_moment
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), newest as (
  select word.*,
    case
      when not has_value then false
      when word.valid_until is not null then valid_moment <= word.valid_until
      else age_days <= coalesce(metric.max_age_days, 14)
    end as is_fresh
  from word
  left join metric on metric.metric = family(word.metric)
  qualify row_number() over (
    partition by word.subject, word.metric, has_value, word.lane, word.source order by word.valid_at desc
  ) = 1
), ranked as (
  select *, max(case when is_fresh and lane < 9 then valid_at end) over (partition by subject, metric) as measured_at,
    max(case when has_value and lane < 9 then valid_at end) over (partition by subject, metric) as last_measured_at
  from newest
)
select * exclude (has_value, measured_at, last_measured_at, lane, valid_moment, revision)
  replace (case when has_value then value end as value)
from ranked
where lane < 9 or coalesce(valid_at >= last_measured_at, true)
qualify row_number() over (
  partition by subject, metric
  order by has_value desc, is_fresh desc,
    case when is_fresh and lane = 9 and valid_at > measured_at + interval 7 days then -1 when is_fresh then lane end,
    valid_at desc, source
) = 1;
