-- The newest good value of metrics that a card shows without weighing them, with what brought it; benchmark tables each.
-- Of the subjects behind $after, up to $upto, by name.
with asked as (
  select observed as metric, coalesce(max_age_days, 14) as max_age_days
  from (select distinct metric as observed, family(metric) as family from newest_word)
  left join (select metric as family, max(max_age_days) as max_age_days from metric group by all) using (family)
  where family in (select unnest($metrics))
), word as (
  select observation.*, asked.max_age_days
  from observation join asked using (metric)
  where valid_at < $before and known_at <= $known_at and valid_at >= $before - to_days(asked.max_age_days)
    and subject > $after and subject <= $upto
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
)
select subject, family(metric) as metric, metric as observed, source, method, definition, valid_at, known_at, value, lo, hi,
  n, url, raw_sha256, run_id
from word
where status in ('measured', 'derived')
qualify row_number() over (
  partition by subject, family(metric), case when word.metric like 'benchmark.%' then source end
  order by valid_at desc, lane(status, method, source), word.metric desc, known_at desc, revision desc
) = 1
order by subject, metric, source
