-- What a score of a day from $since on may look at, as known at $known_at: of each series the newest value before that day,
-- however old, every word from then on, and all that ever did not apply. What is dated after the last writing is read whole.
-- Of the subjects behind $after, up to $upto, by name.
with opening as (
  select least($since::timestamp, (select min(moment) from present)) as opened_at
), fact as (
  select subject, metric, source, valid_from::timestamp as valid_at, 'curated' as told_as, confidence from curated_fact
  where known_at <= $known_at and subject > $after and subject <= $upto
  qualify row_number() over (partition by subject, metric, source, valid_from order by known_at desc) = 1
), doubt as (
  select subject, metric, source, valid_from::timestamp as valid_at, min(opened_at) as doubted_at from review_queue
  where opened_at <= $known_at and (closed_at is null or closed_at > $known_at) and subject > $after and subject <= $upto
  group by all
), recent as (
  select * from observation
  where known_at <= $known_at and valid_at >= (select opened_at from opening) and valid_at < $before
    and subject > $after and subject <= $upto
    and list_contains($metrics, regexp_replace(metric, '_(19|20)[0-9]{2}$', ''))
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), unanswered as (
  select distinct subject, metric, method, source, valid_at from observation
  where status = 'not_applicable' and valid_at < (select opened_at from opening) and subject > $after and subject <= $upto
    and list_contains($metrics, regexp_replace(metric, '_(19|20)[0-9]{2}$', ''))
), silent as (
  select observation.* from observation semi join unanswered using (subject, metric, method, source, valid_at)
  where known_at <= $known_at and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), newest as (
  -- as newest_before, of the values alone; a series that has no value now may have had one then
  select newest_word.*, opened_at from newest_word cross join opening
  where (has_value or known_until > $known_at) and subject > $after and subject <= $upto
    and list_contains($metrics, regexp_replace(metric, '_(19|20)[0-9]{2}$', ''))
), unsettled as (
  select distinct subject, metric, method, source from newest
  group by subject, metric, method, source, known_until, opened_at
  having known_until > $known_at or (min(valid_at) >= opened_at and min(first_at) < opened_at)
), settled as (
  from newest anti join unsettled using (subject, metric, method, source)
  where valid_at < opened_at
  qualify row_number() over (partition by subject, metric, method, source order by valid_at desc) = 1
), near as (
  select observation.* from observation semi join unsettled using (subject, metric, method, source)
  where valid_at < (select opened_at from opening) and valid_at >= (select opened_at - interval 8 days from opening)
    and known_at <= $known_at and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), told as (
  from near where status in ('measured', 'derived', 'curated')
  qualify row_number() over (partition by subject, metric, method, source order by valid_at desc) = 1
), far as (
  select observation.*
  from observation semi join (
    select subject, metric, method, source from unsettled anti join told using (subject, metric, method, source)
  ) using (subject, metric, method, source)
  where valid_at < (select opened_at from opening) and known_at <= $known_at and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), remembered as (
  from far where status in ('measured', 'derived', 'curated')
  qualify row_number() over (partition by subject, metric, method, source order by valid_at desc) = 1
), word as (
  from recent
  union all by name
  select * exclude (has_value, cells, first_at, known_until, opened_at) from settled
  union all by name
  from told
  union all by name
  from remembered
  union all by name
  from silent where status = 'not_applicable'
)
select word.subject, regexp_replace(word.metric, '_(19|20)[0-9]{2}$', '') as metric, word.source, lane(status, method, word.source) as lane,
  word.valid_at, word.valid_until, word.known_at, value, lo, hi, n, status, reason, fact.confidence, doubt.doubted_at
from word
left join fact on told_as = status and fact.subject = word.subject and fact.metric = word.metric
  and fact.source = word.source and fact.valid_at = word.valid_at
left join doubt on doubt.subject = fact.subject and doubt.metric = fact.metric and doubt.source = fact.source
  and doubt.valid_at = fact.valid_at
where word.valid_at < $before
order by word.subject, word.metric, word.source, word.valid_at, method
