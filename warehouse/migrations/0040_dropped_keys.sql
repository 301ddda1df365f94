-- Where a subject has lost the key of a source, "not applicable" stands from that day on: what was measured before counts
-- no more. A judgement is nobody's measurement and stands.
create or replace macro metric_as_of(valid, known) as table
with moment as (
  select valid::timestamp as valid_moment
), word as (
  from newest_before(valid, known)
), ended as (
  select subject, metric as ended_metric, valid_at as ended_at from word
  where status = 'not_applicable' and valid_at > timestamp 'epoch'
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
), standing as (
  select ranked.* from ranked
  left join ended on ended.subject = ranked.subject and ended.ended_metric = family(ranked.metric)
  where (lane < 9 or coalesce(valid_at >= last_measured_at, true))
    and (lane = 9 or source = 'catalog' or ended_at is null or valid_at > ended_at)
)
select subject, metric, method, source, valid_at, known_at, case when has_value then value end as value, lo, hi, n,
  status, reason, definition, unit, valid_until, url, raw_sha256, run_id, age_days, is_fresh
from standing
qualify row_number() over (
  partition by subject, metric
  order by has_value desc, is_fresh desc,
    case when is_fresh and lane = 9 and valid_at > measured_at + interval 7 days then -1 when is_fresh then lane end,
    valid_at desc, source
) = 1;
comment on macro table metric_as_of is 'The effective value per subject and metric at a past moment (valid), with what was known then (known).';

create or replace view gap as
with ended as (
  select subject, metric as ended_metric, valid_at as ended_at from newest_word
  where status = 'not_applicable' and valid_at > timestamp 'epoch'
)
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
left join ended on ended.subject = word.subject and ended.ended_metric = family(word.metric)
where word.status = 'missing' and (ended_at is null or word.valid_at > ended_at);
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
