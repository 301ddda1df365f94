-- The subjects to whose newest year of stars more days have come, and nothing else: from when on and how it goes on.
-- All that was told of sums from $since on must be of its old end or its new one.
with come as (
  select subject,
    min(valid_at) filter (metric = 'github.stars_gained_1d') as first_at,
    max(valid_at) filter (metric = 'github.stars_gained_1d') + interval 1 day as until,
    coalesce(sum(value) filter (metric = 'github.stars_gained_1d'), 0) as value,
    count(*) filter (metric = 'github.stars_gained_1d') as days,
    max(valid_at) filter (metric = 'github.stars_history_start') as start,
    bool_and(status = 'measured' and (
      metric = 'github.stars_history_start' or coalesce(value >= 0 and value = trunc(value), false))) as is_plain
  from incoming
  where metric in ('github.stars_gained_1d', 'github.stars_history_start')
  group by subject
), judged as (
  select distinct subject from verdict where metric in ('github.stars_gained_1d', 'github.stars_history_start')
), next as (
  select kept.subject, kept.until as old_until, coalesce(come.until, kept.until) as until, kept.value as old_value,
    kept.value + come.value as value, kept.days as old_days, kept.days + come.days as days,
    greatest(kept.start, come.start) as start
  from year_of_stars as kept
  join come using (subject)
  anti join judged using (subject)
  where is_plain and coalesce(first_at > kept.until - interval 1 day, true)
    and coalesce(come.until <= kept.until + interval 365 days, true)
    and $known_at::timestamp > coalesce($kept_until::timestamp, timestamp '-infinity')
), told as (
  select distinct subject, valid_at as told_until from observation
  where metric = 'github.stars_new_365d' and method = 'exact_retained' and source = 'github'
    and valid_at >= $since::timestamp
)
select next.*, exists (from told where told.subject = next.subject and told_until = old_until) as is_told
from next
where not exists (
  from told where told.subject = next.subject and told_until <> old_until and told_until <> until
)
