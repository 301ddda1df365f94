-- The newest word of each series, so that questions about now need not read all history.
create table newest_word (
  subject varchar not null,
  metric varchar not null,
  method varchar not null,
  source varchar not null,
  has_value boolean not null,
  valid_at timestamp not null,
  known_at timestamp not null,
  revision integer not null,
  value double,
  lo double,
  hi double,
  n bigint,
  status varchar not null,
  reason varchar,
  definition varchar not null,
  unit varchar not null,
  valid_until timestamp,
  url varchar,
  raw_sha256 varchar,
  run_id varchar not null,
  cells bigint not null,
  first_at timestamp not null,
  known_until timestamp not null
);
comment on table newest_word is 'Of each series (subject, metric, method, source) the newest moment with a value and the newest without one; what is dated after the last writing stands beside them. Kept by each landing.';
comment on column newest_word.subject is 'Subject id of the catalog';
comment on column newest_word.metric is 'Full metric name, such as github.stars';
comment on column newest_word.method is 'How the value was had, as in observation';
comment on column newest_word.source is 'Who said it';
comment on column newest_word.has_value is 'True for the newest moment that has a value, false for the newest that has none';
comment on column newest_word.valid_at is 'The moment that the value is about';
comment on column newest_word.known_at is 'When the warehouse learned the last word on that moment';
comment on column newest_word.revision is 'As in observation';
comment on column newest_word.value is 'The value; null when missing, kept but never scored when quarantined';
comment on column newest_word.lo is 'Lower bound of the value, where one is known';
comment on column newest_word.hi is 'Upper bound of the value, where one is known';
comment on column newest_word.n is 'Number of cases behind the value, where it is a statistic';
comment on column newest_word.status is 'measured, derived, curated, missing or not_applicable';
comment on column newest_word.reason is 'Why the value is missing; null otherwise';
comment on column newest_word.definition is 'Version of the definition, such as stars@1';
comment on column newest_word.unit is 'Unit of the value';
comment on column newest_word.valid_until is 'The day from which a curated value no longer counts';
comment on column newest_word.url is 'Address that was asked, without secrets';
comment on column newest_word.raw_sha256 is 'SHA-256 of the raw answer in the raw archive';
comment on column newest_word.run_id is 'The run that landed the last word';
comment on column newest_word.cells is 'Moments of the series, up to this one, whose last word has a value, or has none';
comment on column newest_word.first_at is 'The oldest of those moments';
comment on column newest_word.known_until is 'Newest known_at of anything in the series';

insert into newest_word by name
with word as (
  select *, status in ('measured', 'derived', 'curated') as has_value from observation
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), kind as (
  select *,
    case when valid_at > coalesce((select moment from present), timestamp 'infinity') then valid_at end as ahead_at
  from word
), told as (
  select *, count(*) over own as cells, min(valid_at) over own as first_at,
    max(known_at) over (partition by subject, metric, method, source) as known_until
  from kind
  window own as (partition by subject, metric, method, source, has_value, ahead_at)
  qualify row_number() over (
    partition by subject, metric, method, source, has_value, ahead_at order by valid_at desc
  ) = 1
)
select * exclude (ahead_at) from told;

-- The newest words before a moment, as known at another, of each series: from newest_word where it tells, else from the
-- eight days before the moment, else from the whole series. Of a series that has a value its silence is left out.
create macro newest_before(valid, known) as table
with moment as (
  select valid::timestamp as valid_moment, known::timestamp as known_moment
), series as (
  select subject, metric, method, source, has_value,
    known_until <= known_moment and (min(valid_at) < valid_moment or min(first_at) >= valid_moment) as is_settled
  from newest_word cross join moment
  group by subject, metric, method, source, has_value, known_until, known_moment, valid_moment
), unsettled as (
  select subject, metric, method, source from series
  group by subject, metric, method, source having not bool_and(is_settled)
), settled as (
  select newest_word.* exclude (cells, first_at, known_until)
  from newest_word anti join unsettled using (subject, metric, method, source)
  where valid_at < (select valid_moment from moment)
  qualify row_number() over (
    partition by subject, metric, method, source, has_value order by valid_at desc
  ) = 1
), near as (
  select observation.*, status in ('measured', 'derived', 'curated') as has_value
  from observation semi join unsettled using (subject, metric, method, source)
  where valid_at < valid::timestamp and valid_at >= valid::timestamp - interval 8 days and known_at <= known::timestamp
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), told as (
  from near where has_value
  qualify row_number() over (partition by subject, metric, method, source order by valid_at desc) = 1
), untold as (
  select subject, metric, method, source from unsettled anti join told using (subject, metric, method, source)
), far as (
  select observation.*, status in ('measured', 'derived', 'curated') as has_value
  from observation semi join untold using (subject, metric, method, source)
  where valid_at < valid::timestamp and known_at <= known::timestamp
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), remembered as (
  from far
  qualify row_number() over (partition by subject, metric, method, source, has_value order by valid_at desc) = 1
)
from settled union all by name from told union all by name from remembered;

create or replace macro metric_as_of(valid, known) as table
with moment as (
  select valid::timestamp as valid_moment
), word as (
  from newest_before(valid, known)
), placed as (
  select word.*, lane(status, method, source) as lane,
    (epoch_us(valid_moment) - epoch_us(valid_at)) / 86400e6 as age_days, valid_moment
  from word cross join moment
), newest as (
  select placed.*,
    case
      when not has_value then false
      when placed.valid_until is not null then valid_moment <= placed.valid_until
      else age_days <= coalesce(metric.max_age_days, 14)
    end as is_fresh
  from placed
  left join metric on metric.metric = family(placed.metric)
  qualify row_number() over (
    partition by placed.subject, placed.metric, has_value, placed.lane, placed.source order by placed.valid_at desc
  ) = 1
), ranked as (
  select *, max(case when is_fresh and lane < 9 then valid_at end) over (partition by subject, metric) as measured_at,
    max(case when has_value and lane < 9 then valid_at end) over (partition by subject, metric) as last_measured_at
  from newest
)
select subject, metric, method, source, valid_at, known_at, case when has_value then value end as value, lo, hi, n,
  status, reason, definition, unit, valid_until, url, raw_sha256, run_id, age_days, is_fresh
from ranked
where lane < 9 or coalesce(valid_at >= last_measured_at, true)
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
  select * from newest_word
  where method not in ('archived', 'curated', 'catalog')
    and valid_at <= coalesce((select moment from present), timestamp 'infinity')
  qualify row_number() over (partition by subject, metric order by valid_at desc, known_at desc, revision desc) = 1
) as word
left join metric on metric.metric = family(word.metric)
where word.status = 'missing';
comment on view gap is 'Cells whose newest answer is missing, why, and whether the past value can be had later.';
comment on column gap.subject is 'Subject id of the catalog';
comment on column gap.metric is 'Full metric name, such as github.stars';
comment on column gap.source is 'Who said it: a collector, a dated tracker, or a curated card';
comment on column gap.valid_at is 'The moment that the value is about';
comment on column gap.known_at is 'The moment at which this warehouse learned it';
comment on column gap.reason is 'Why the value is missing; null otherwise';
comment on column gap.url is 'Address that was asked, without secrets';
comment on column gap.is_recoverable is 'True when a later run can fetch the value of that day';
comment on column gap.past is 'How a past value can be had';

create or replace view metric_latest as
select * from metric_as_of(
  coalesce((select moment from present), (select max(greatest(known_until, valid_at)) from newest_word))
    + interval 1 microsecond,
  (select max(known_until) from newest_word)
);
comment on view metric_latest is 'One effective row per subject and metric, with its age at the last writing; what is dated later is left out.';
comment on column metric_latest.subject is 'Subject id of the catalog';
comment on column metric_latest.metric is 'Full metric name, such as github.stars';
comment on column metric_latest.method is 'How the value was had: snapshot, exact, exact_retained, reconstructed, archived, curated, catalog';
comment on column metric_latest.source is 'Who said it: a collector, a dated tracker, or a curated card';
comment on column metric_latest.valid_at is 'The moment that the value is about';
comment on column metric_latest.known_at is 'The moment at which this warehouse learned it';
comment on column metric_latest.value is 'The value; null when missing, kept but never scored when quarantined';
comment on column metric_latest.lo is 'Lower bound of the value, where one is known';
comment on column metric_latest.hi is 'Upper bound of the value, where one is known';
comment on column metric_latest.n is 'Number of cases behind the value, where it is a statistic';
comment on column metric_latest.status is 'measured, derived, curated, missing or not_applicable';
comment on column metric_latest.reason is 'Why the value is missing; null otherwise';
comment on column metric_latest.definition is 'Version of the definition, such as stars@1';
comment on column metric_latest.unit is 'Unit of the value';
comment on column metric_latest.valid_until is 'The day from which a curated value no longer counts';
comment on column metric_latest.url is 'Address that was asked, without secrets';
comment on column metric_latest.raw_sha256 is 'SHA-256 of the raw answer in the raw archive';
comment on column metric_latest.run_id is 'The run that landed the row';
comment on column metric_latest.age_days is 'Age of the value at the last writing, in days';
comment on column metric_latest.is_fresh is 'False when the value is past the age up to which it is carried';
