-- The last word on every input of a rubric, as known at $known_at: what a score may look at.
-- A fact comes with its confidence, and with the moment since which something in the review queue speaks against it.
with fact as (
  select subject, metric, source, valid_from::timestamp as valid_at, 'curated' as told_as, confidence from curated_fact
  where known_at <= $known_at
  qualify row_number() over (partition by subject, metric, source, valid_from order by known_at desc) = 1
), doubt as (
  select subject, metric, source, valid_from::timestamp as valid_at, min(opened_at) as doubted_at from review_queue
  where opened_at <= $known_at and (closed_at is null or closed_at > $known_at)
  group by all
)
select observation.subject, regexp_replace(observation.metric, '_(19|20)[0-9]{2}$', '') as metric,
  observation.source, lane(status, method, observation.source) as lane,
  observation.valid_at, observation.valid_until, observation.known_at, value, lo, hi, n, status, reason,
  fact.confidence, doubt.doubted_at
from observation
left join fact on told_as = status and fact.subject = observation.subject and fact.metric = observation.metric
  and fact.source = observation.source and fact.valid_at = observation.valid_at
left join doubt on doubt.subject = fact.subject and doubt.metric = fact.metric and doubt.source = fact.source
  and doubt.valid_at = fact.valid_at
where regexp_replace(observation.metric, '_(19|20)[0-9]{2}$', '') in (select unnest($metrics))
  and observation.known_at <= $known_at and observation.valid_at < $before
qualify row_number() over (
  partition by observation.subject, observation.metric, method, observation.source, observation.valid_at
  order by observation.known_at desc, revision desc
) = 1
order by observation.subject, observation.metric, observation.source, observation.valid_at, method
