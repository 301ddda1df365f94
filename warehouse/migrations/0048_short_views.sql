-- What was known last of a cell is in its newest words, and series of research are told by few metrics: both views looked
-- through all history.
create or replace view why_missing as
with known as (
  select subject, metric, arg_max(value, valid_at) as value, max(valid_at) as valid_at
  from newest_word
  where has_value and value is not null
  group by subject, metric
)
select gap.subject, subject.name, subject.kind, gap.metric, metric.meaning, gap.source, gap.reason,
  case gap.reason
    when 'rate_limited' then 'The source allows no more requests for now'
    when 'unreachable' then 'The source did not answer'
    when 'restricted' then 'The source does not let us read it'
    when 'not_found' then 'The source does not know it any more'
    when 'too_large' then 'The answer is larger than is read'
    when 'pending_202' then 'The source is still computing it'
    when 'incomplete' then 'The source gave only a part'
    when 'invite_expired' then 'The invitation has run out'
    when 'schema_changed' then 'The answer has another form than before'
    when 'stale' then 'What is known is too old'
    when 'quarantined' then 'What was read is implausible and is held back'
    when 'not_supported' then 'The source does not tell it'
    when 'no_token' then 'It takes a token that is not set'
    when 'retracted' then 'What was said was taken back'
    else gap.reason
  end as explanation,
  gap.valid_at as asked_about, gap.known_at as asked_at, known.value as last_value, known.valid_at as last_value_at,
  gap.is_recoverable
from gap
join (
  select * from subject qualify row_number() over (partition by subject order by known_at desc) = 1
) as subject on subject.subject = gap.subject
left join metric on metric.metric = family(gap.metric)
left join known on known.subject = gap.subject and known.metric = gap.metric
where subject.is_followed
order by gap.subject, gap.metric;
comment on view why_missing is 'What has no newest value, why, in words, and what was known last.';
comment on column why_missing.subject is 'Subject id';
comment on column why_missing.name is 'Name as people write it';
comment on column why_missing.kind is 'framework, library or runtime';
comment on column why_missing.metric is 'Full metric name, such as github.stars';
comment on column why_missing.meaning is 'What the metric says';
comment on column why_missing.source is 'Who was asked';
comment on column why_missing.reason is 'Why there is no value, as one word';
comment on column why_missing.explanation is 'Why there is no value, in words';
comment on column why_missing.asked_about is 'The moment that the value would have been about (UTC)';
comment on column why_missing.asked_at is 'The moment at which the question was asked in vain (UTC)';
comment on column why_missing.last_value is 'The last value that is known; null where there never was one';
comment on column why_missing.last_value_at is 'The moment that the last value is about';
comment on column why_missing.is_recoverable is 'True when a later run can fetch the value of that day';
create or replace view research_series as
with told as (
  select subject, metric, source, valid_at, value,
    case
      when metric like 'pwc.share%' or source = 'pwc' then 'archive'
      when regexp_matches(metric, '^papers\.share_[a-z]+_(19|20)\d\d') or metric = 'papers.venue_share' then 'venues'
      when metric like 'papers.%share%' then 'daily papers'
    end as series
  from observation_current
  where status in ('measured', 'derived') and (metric like 'pwc.%' or metric like 'papers.%' or source = 'pwc')
)
select series, subject, min(valid_at) as first_at, max(valid_at) as last_at, count(distinct valid_at) as moments,
  case series when 'archive' then date '2025-07-31' end as ended_on,
  case series
    when 'archive' then 'Papers With Code was shut down; its archive is frozen, and no other series is joined to it'
    when 'venues' then 'accepted papers drawn by lot, by the imports of their code; a year is added when two lists of it agree'
    else 'papers of each day on Hugging Face; the fresh companion of the venues, not told as a year before its window is full'
  end as why
from told where series is not null
group by series, subject;
comment on view research_series is 'Which series of research adoption there are of a subject, from when to when, and why one ends.';
comment on column research_series.series is 'archive, venues, or daily papers';
comment on column research_series.subject is 'Subject id of the catalog';
comment on column research_series.first_at is 'The first moment that it is about';
comment on column research_series.last_at is 'The last moment that it is about';
comment on column research_series.moments is 'How many moments it has a value for';
comment on column research_series.ended_on is 'The day on which it ended for good; null while it goes on';
comment on column research_series.why is 'What it is, and why it ended';
