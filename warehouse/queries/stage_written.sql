-- What was written since newest_word was kept: the last word on each moment, and whether an older one may stand there.
with fresh as (
  select *, status in ('measured', 'derived', 'curated') as has_value from observation
  where known_at > coalesce($kept_until::timestamp, timestamp '-infinity') and subject > $after and subject <= $upto
), again as (
  select distinct subject, metric, method, source, valid_at from fresh where revision > 0
), word as (
  from fresh anti join again using (subject, metric, method, source, valid_at)
  union all by name
  (from fresh semi join again using (subject, metric, method, source, valid_at)
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1)
), span as (
  select subject, metric, method, source, min(first_at) as from_at, max(valid_at) as last_at
  from newest_word semi join (select distinct subject from fresh) as named using (subject)
  group by subject, metric, method, source
)
select word.*, coalesce(word.valid_at between from_at and last_at, false) as is_within,
  case when word.valid_at > coalesce((select moment from present), timestamp 'infinity') then word.valid_at end as ahead_at
from word left join span using (subject, metric, method, source)
