-- A fact that was taken out of the catalog is nobody's to review; and a run says what it counts.
create or replace view expiring_facts as
with word as (
  select subject, metric, source, valid_at::date as valid_from, status from observation
  where method = 'curated'
  qualify row_number() over (
    partition by subject, metric, source, valid_at order by known_at desc, revision desc) = 1
), said as (
  select curated_fact.* from curated_fact
  semi join (from word where status = 'curated') as standing using (subject, metric, source, valid_from)
  qualify row_number() over (
    partition by subject, metric order by valid_from desc, known_at desc) = 1
), today as (
  select coalesce((select moment from present), (select max(known_at) from observation))::date as day
)
select said.subject, subject.name, subject.kind, said.metric, metric.meaning, said.value, metric.unit,
  said.review_by, date_diff('day', today.day, said.review_by) as days_left, said.valid_from, said.confirmed_on,
  said.source, said.quote, said.url
from said
cross join today
join (
  select * from subject qualify row_number() over (partition by subject order by known_at desc) = 1
) as subject on subject.subject = said.subject
left join metric on metric.metric = said.metric
where subject.is_followed and said.review_by <= today.day + interval 90 day
order by said.review_by, said.subject, said.metric;
comment on view expiring_facts is 'The newest curated fact of each metric that is to be reviewed within 90 days, or should have been.';
comment on column expiring_facts.subject is 'Subject id';
comment on column expiring_facts.name is 'Name as people write it';
comment on column expiring_facts.kind is 'framework, library or runtime';
comment on column expiring_facts.metric is 'Full metric name, such as curated.web';
comment on column expiring_facts.meaning is 'What the metric says';
comment on column expiring_facts.value is 'The value; a level counts from 0 (none) to 4 (excellent)';
comment on column expiring_facts.unit is 'Unit of the value';
comment on column expiring_facts.review_by is 'The day from which the fact no longer counts in full';
comment on column expiring_facts.days_left is 'Days from the last writing of this file to that day; negative when it has passed';
comment on column expiring_facts.valid_from is 'Date of the evidence';
comment on column expiring_facts.confirmed_on is 'Last day on which the quoted words were found again at their address';
comment on column expiring_facts.source is 'Who said it';
comment on column expiring_facts.quote is 'The words that the fact rests on';
comment on column expiring_facts.url is 'Where the words stand';

comment on column run.status is 'complete, or degraded when something asked for is missing, or a value is held back';
comment on column run.missing is 'Rows added that say missing: cells that were asked for in vain, and what is to be derived and cannot be told yet';
