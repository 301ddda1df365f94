-- What people ask first, with names and kinds: who leads, how scores went, what is missing, which facts run out.
create view leaderboard as
select subject.kind,
  case when latest_score.speed_score is not null then
    rank() over (partition by subject.kind order by latest_score.speed_score desc nulls last)
  end as place,
  latest_score.subject, subject.name, latest_score.speed_score,
  score_interval.lo as range_lo, score_interval.hi as range_hi, latest_score.status, latest_score.coverage,
  latest_score.ecosystem, latest_score.production, latest_score.research, latest_score.learning,
  latest_score.performance, latest_score.reason, latest_score.as_of, latest_score.rubric
from latest_score
join (
  select * from subject qualify row_number() over (partition by subject order by known_at desc) = 1
) as subject on subject.subject = latest_score.subject
left join score_interval
  on score_interval.subject = latest_score.subject and score_interval.as_of = latest_score.as_of
  and score_interval.rubric = latest_score.rubric and score_interval.known_at = latest_score.known_at
where subject.is_followed
order by subject.kind, place nulls last, subject.name;
comment on view leaderboard is 'The newest score of everybody that is followed, with name, kind, and place among those of its kind.';
comment on column leaderboard.kind is 'framework, library or runtime: only those of one kind are compared';
comment on column leaderboard.place is 'Place among those of its kind that have a score; null when withheld';
comment on column leaderboard.subject is 'Subject id';
comment on column leaderboard.name is 'Name as people write it';
comment on column leaderboard.speed_score is 'Speed Score, 0 to 10, one decimal; at least so much where coverage is below 1; null when withheld';
comment on column leaderboard.range_lo is 'Lower end of the range that holds 9 of 10 drawn scores (figures, weights and goalposts varied)';
comment on column leaderboard.range_hi is 'Upper end of the range that holds 9 of 10 drawn scores';
comment on column leaderboard.status is 'final, provisional (coverage below 1) or withheld';
comment on column leaderboard.coverage is 'Share of the weight that has a fresh answer, 0 to 1';
comment on column leaderboard.ecosystem is 'Dimension score, one decimal; null when withheld';
comment on column leaderboard.production is 'Dimension score, one decimal; null when withheld';
comment on column leaderboard.research is 'Dimension score, one decimal; null when withheld';
comment on column leaderboard.learning is 'Dimension score, one decimal; null when withheld';
comment on column leaderboard.performance is 'Dimension score, one decimal; null when withheld';
comment on column leaderboard.reason is 'Why the score is withheld or provisional';
comment on column leaderboard.as_of is 'The score counts what was true before this moment (UTC)';
comment on column leaderboard.rubric is 'Rubric id';

create view score_history as
select score.as_of, score.subject, subject.name, subject.kind, score.rubric, score.speed_score,
  score_interval.lo as range_lo, score_interval.hi as range_hi, score.lo, score.hi, score.status, score.coverage,
  score.ecosystem, score.production, score.research, score.learning, score.performance, score.known_at
from score
join (
  select * from subject qualify row_number() over (partition by subject order by known_at desc) = 1
) as subject on subject.subject = score.subject
left join score_interval
  on score_interval.subject = score.subject and score_interval.as_of = score.as_of
  and score_interval.rubric = score.rubric and score_interval.known_at = score.known_at
qualify row_number() over (
  partition by score.subject, score.as_of, score.rubric order by score.known_at desc) = 1;
comment on view score_history is 'One score per subject, day and rubric, with name and kind: the one that knows most.';
comment on column score_history.as_of is 'The score counts what was true before this moment (UTC)';
comment on column score_history.subject is 'Subject id';
comment on column score_history.name is 'Name as people write it';
comment on column score_history.kind is 'framework, library or runtime';
comment on column score_history.rubric is 'Rubric id; draw one line a rubric, never one through two';
comment on column score_history.speed_score is 'Speed Score, 0 to 10; at least so much where coverage is below 1; null when withheld';
comment on column score_history.range_lo is 'Lower end of the range that holds 9 of 10 drawn scores; null where none was drawn';
comment on column score_history.range_hi is 'Upper end of the range that holds 9 of 10 drawn scores; null where none was drawn';
comment on column score_history.lo is 'Lower bound: what is unseen counts 0';
comment on column score_history.hi is 'Upper bound: what is stale or unseen counts 10';
comment on column score_history.status is 'final, provisional (coverage below 1) or withheld';
comment on column score_history.coverage is 'Share of the weight that has a fresh answer; draw a line only through days of like coverage';
comment on column score_history.ecosystem is 'Dimension score, one decimal; null when withheld';
comment on column score_history.production is 'Dimension score, one decimal; null when withheld';
comment on column score_history.research is 'Dimension score, one decimal; null when withheld';
comment on column score_history.learning is 'Dimension score, one decimal; null when withheld';
comment on column score_history.performance is 'Dimension score, one decimal; null when withheld';
comment on column score_history.known_at is 'The score counts what was known up to this moment';

create view why_missing as
with known as (
  select subject, metric, arg_max(value, valid_at) as value, max(valid_at) as valid_at
  from observation_current
  where status in ('measured', 'derived', 'curated') and value is not null
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

create view expiring_facts as
with said as (
  select * from curated_fact
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
