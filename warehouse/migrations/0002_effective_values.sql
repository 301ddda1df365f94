-- The effective value of a metric at any past moment, with any past knowledge.
create view observation_current as
select * from observation
qualify row_number() over (
  partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
) = 1;
comment on view observation_current is 'The last word on each (subject, metric, method, source, valid_at).';

-- Which of several answers is asked first: the lower lane.
create macro lane(status, method, source) as case
  when status = 'curated' then 9
  when method in ('snapshot', 'exact') then 0
  when method = 'exact_retained' then 1
  when method = 'reconstructed' then 2
  when source = 'github-ranking' then 3
  else 4
end;

create macro metric_as_of(valid, known) as table
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
  left join metric on metric.metric = regexp_replace(word.metric, '_(19|20)[0-9]{2}$', '')
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

create view metric_latest as
select * from metric_as_of(
  (select max(greatest(known_at, valid_at)) + interval 1 microsecond from observation),
  (select max(known_at) from observation)
);
comment on view metric_latest is 'One effective row per subject and metric, with its age at the last landing.';
comment on column metric_latest.age_days is 'Age of the value at the last landing, in days';
comment on column metric_latest.is_fresh is 'False when the value is past the age up to which it is carried';

create view metric_daily as
select subject, metric, valid_at::date as day,
  case when status in ('measured', 'derived', 'curated') then value end as value, status
from observation_current
where status <> 'not_applicable'
qualify row_number() over (
  partition by subject, metric, valid_at::date
  order by status = 'missing', lane(status, method, source), valid_at desc, source
) = 1;
comment on view metric_daily is 'One value per subject, metric and day, for plotting.';
comment on column metric_daily.day is 'Day of valid_at, UTC';

create view gap as
select word.subject, word.metric, word.source, word.valid_at, word.known_at, word.reason,
  coalesce(metric.past, 'snapshot') <> 'snapshot' as is_recoverable,
  coalesce(metric.past, 'snapshot') as past, word.url
from (
  select * from observation_current
  where method not in ('archived', 'curated', 'catalog')
  qualify row_number() over (partition by subject, metric order by valid_at desc, known_at desc, revision desc) = 1
) as word
left join metric on metric.metric = regexp_replace(word.metric, '_(19|20)[0-9]{2}$', '')
where word.status = 'missing';
comment on view gap is 'Cells whose newest answer is missing, why, and whether the past value can be had later.';
comment on column gap.is_recoverable is 'True when a later run can fetch the value of that day';
comment on column gap.past is 'How a past value can be had';
