-- What was written since newest_word was kept, and whether an older word on its moment had a value. Older ones are looked
-- for between $from_at and $last_at alone.
with older as (
  select subject, metric, method, source, valid_at, status in ('measured', 'derived', 'curated') as had_value
  from observation semi join (from written where is_within) as told using (subject, metric, method, source, valid_at)
  where known_at <= coalesce($kept_until::timestamp, timestamp '-infinity')
    and valid_at between $from_at::timestamp and $last_at::timestamp
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select written.* exclude (is_within), had_value
from written left join older using (subject, metric, method, source, valid_at)
