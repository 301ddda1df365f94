-- A year in a metric's name may be followed by an estimand: pwc.share_icml_2023_e1_official belongs to the family
-- pwc.share_icml_e1_official.
create macro family(metric) as regexp_replace(metric, '_(?:19|20)[0-9]{2}(_e[134])?(_official)?$', '\1\2');

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
  select *, max(case when is_fresh and lane < 9 then valid_at end) over (partition by subject, metric) as measured_at
  from newest
)
select * exclude (has_value, measured_at, lane, valid_moment, revision)
  replace (case when has_value then value end as value)
from ranked
qualify row_number() over (
  partition by subject, metric
  order by has_value desc, is_fresh desc,
    case when is_fresh and lane = 9 and valid_at > measured_at + interval 7 days then -1 when is_fresh then lane end,
    valid_at desc, source
) = 1;

create or replace view gap as
select word.subject, word.metric, word.source, word.valid_at, word.known_at, word.reason,
  coalesce(metric.past, 'snapshot') <> 'snapshot' as is_recoverable,
  coalesce(metric.past, 'snapshot') as past, word.url
from (
  select * from observation_current
  where method not in ('archived', 'curated', 'catalog')
  qualify row_number() over (partition by subject, metric order by valid_at desc, known_at desc, revision desc) = 1
) as word
left join metric on metric.metric = family(word.metric)
where word.status = 'missing';
comment on view gap is 'Cells whose newest answer is missing, why, and whether the past value can be had later.';
comment on column gap.is_recoverable is 'True when a later run can fetch the value of that day';
comment on column gap.past is 'How a past value can be had';
comment on column gap.subject is 'Subject id of the catalog';
comment on column gap.metric is 'Full metric name, such as github.stars';
comment on column gap.source is 'Who said it: a collector, a dated tracker, or a curated card';
comment on column gap.valid_at is 'The moment that the value is about';
comment on column gap.known_at is 'The moment at which this warehouse learned it';
comment on column gap.reason is 'Why the value is missing; null otherwise';
comment on column gap.url is 'Address that was asked, without secrets';
