-- What was written since newest_word was kept: the last word on each moment, and whether an older word on it had a value.
create or replace temp table landed as
with fresh as (
  select *, status in ('measured', 'derived', 'curated') as has_value from observation
  where known_at > coalesce($kept_until::timestamp, timestamp '-infinity')
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
  select subject, metric, method, source, min(first_at) as first_at, max(valid_at) as last_at
  from newest_word group by subject, metric, method, source
), told as (
  select subject, metric, method, source, valid_at
  from word join span using (subject, metric, method, source)
  where word.valid_at between span.first_at and span.last_at
), older as (
  select subject, metric, method, source, valid_at, status in ('measured', 'derived', 'curated') as had_value
  from observation semi join told using (subject, metric, method, source, valid_at)
  where known_at <= coalesce($kept_until::timestamp, timestamp '-infinity')
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select word.*, had_value,
  case when valid_at > coalesce((select moment from present), timestamp 'infinity') then valid_at end as ahead_at
from word left join older using (subject, metric, method, source, valid_at)
