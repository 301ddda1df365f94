-- The last word on what has arrived and may have been said before, as known at $known_at: a moment of a series that lies
-- outside of what is stored of it was not. What is asked every night (methods from 'exact' on) lies in the newest rows,
-- archived, curated and catalog words in the oldest: each is looked for there alone.
with span as (
  select subject, metric, method, source, min(first_at) as first_at, max(valid_at) as last_at
  from newest_word semi join (select distinct subject from arrived) as named using (subject)
  group by subject, metric, method, source
), told as (
  select subject, metric, method, source, arrived.valid_at
  from arrived join span using (subject, metric, method, source)
  where arrived.valid_at between first_at and last_at
)
select * from (
  from observation where method < 'exact' and subject > $after and subject <= $upto
  union all
  from observation where method >= 'exact' and valid_at >= $floor and subject > $after and subject <= $upto
)
semi join told using (subject, metric, method, source, valid_at)
where known_at <= $known_at
qualify row_number() over (
  partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
) = 1
