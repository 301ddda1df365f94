-- Our history beside that of dated trackers: of each year the day, or the month, on which the two lie furthest apart,
-- where that is further than is allowed: an event with both counts.
insert into quality_event by name
with word as (
  select subject, metric, method, source, valid_at, value
  from observation_current
  where status in ('measured', 'derived') and (
    (method = 'archived' and metric in ('github.stars', 'github.commits_90d', 'github.stars_gained_month',
      'github.issues_opened_month', 'github.issues_closed_month'))
    or (method = 'reconstructed' and metric = 'github.stars' and source = 'github')
    or (method = 'exact' and metric = 'github.commits_90d' and source = 'git')
    or (method = 'exact_retained' and metric in ('github.stars_gained_1d', 'github.stars_history_start')))
), tracked as (
  select * from word where method = 'archived'
), days as (
  select if(tracked.metric = 'github.stars', 'stars_past', 'commits_past') as comparison,
    tracked.subject, tracked.metric, tracked.source, tracked.valid_at, ours.value, tracked.value as expected
  from tracked
  join word as ours
    on ours.subject = tracked.subject and ours.metric = tracked.metric and ours.method <> 'archived'
      and ours.valid_at = date_trunc('day', tracked.valid_at)
), given as (
  select subject, date_trunc('month', valid_at) + interval 1 month as valid_at, sum(value) as value,
    count(*) = date_diff('day', date_trunc('month', min(valid_at)), date_trunc('month', min(valid_at)) + interval 1 month)
      as is_whole
  from word
  where metric = 'github.stars_gained_1d'
  group by subject, date_trunc('month', valid_at)
), walked as (
  select subject, max(valid_at) as until from observation_current
  where metric = 'github.issues_walked' and status = 'measured'
  group by subject
), stored as (
  select subject, number, any_value(created_at) as created_at, arg_max_null(closed_at, known_at) as closed_at
  from issue
  group by subject, number
), counted as (
  select subject, 'github.stars_gained_month' as metric, valid_at, value from given where is_whole
  union all
  select subject, 'github.issues_opened_month', date_trunc('month', created_at) + interval 1 month, count(*)
  from stored group by all
  union all
  select subject, 'github.issues_closed_month', date_trunc('month', closed_at) + interval 1 month, count(*)
  from stored where closed_at is not null group by all
), months as (
  select if(tracked.metric = 'github.stars_gained_month', 'stars_month', split_part(tracked.metric, '.', 2)) as comparison,
    tracked.subject, tracked.metric, tracked.source, tracked.valid_at, counted.value, tracked.value as expected
  from tracked
  join counted using (subject, metric, valid_at)
  left join walked on walked.subject = tracked.subject
  where tracked.metric = 'github.stars_gained_month' or tracked.valid_at <= walked.until
), compared as (
  select * from (from days union all by name from months)
  join tolerance using (comparison)
  where abs(value - expected) > greatest(absolute, share * expected)
  qualify row_number() over (
    partition by comparison, subject, metric, source, year(valid_at)
    order by abs(value - expected) / greatest(expected, 1) desc, valid_at desc
  ) = 1
)
select $run_id as run_id, $known_at::timestamp as known_at, subject, metric, source, valid_at,
  'disagreement' as kind, value, expected,
  format('{}: {:g} here, {:g} by {}; up to {:g} is allowed because {}',
    comparison, value, expected, source, greatest(absolute, share * expected), reason) as detail
from compared
where not exists (
  select 1 from quality_event as known
  where known.kind = 'disagreement' and known.subject = compared.subject and known.metric = compared.metric
    and known.source = compared.source and known.valid_at = compared.valid_at and known.value = compared.value
    and known.expected = compared.expected
)
