-- A night may be told a figure of a day that ended before it asked in vain: downloads are counted up to a midnight, and a
-- day late. What a later night brings for the cell has answered it, whatever day it is about.
create or replace view gap as
with ended as (
  select subject, metric as ended_metric, valid_at as ended_at from newest_word
  where status = 'not_applicable' and valid_at > timestamp 'epoch'
), asked as (
  select * from newest_word
  where method not in ('archived', 'curated', 'catalog')
    and valid_at <= coalesce((select moment from present), timestamp 'infinity')
), answered as (
  select subject, metric, max(asked.known_at) as answered_at
  from asked join run using (run_id)
  where asked.has_value and run.kind = 'nightly'
  group by subject, metric
)
select word.subject, word.metric, word.source, word.valid_at, word.known_at, word.reason,
  coalesce(metric.past, 'snapshot') <> 'snapshot' as is_recoverable,
  coalesce(metric.past, 'snapshot') as past, word.url
from (
  select * from asked
  qualify row_number() over (partition by subject, metric order by valid_at desc, known_at desc, revision desc) = 1
) as word
left join metric on metric.metric = family(word.metric)
left join ended on ended.subject = word.subject and ended.ended_metric = family(word.metric)
left join answered on answered.subject = word.subject and answered.metric = word.metric
where word.status = 'missing' and (ended_at is null or word.valid_at > ended_at)
  and (answered_at is null or answered_at <= word.known_at);
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
