-- Figures of this landing that can be had in two ways and disagree by more than is allowed: an event with both.
insert into quality_event by name
with told as (
  select distinct subject, metric, valid_at from incoming
  where metric in ('github.commits_7d', 'github.commits_28d', 'github.commits_90d', 'github.commits_91d', 'github.stars',
      'github.open_issues', 'github.issues_closed_ever')
    and source in ('git', 'github') and method in ('exact', 'snapshot')
), heard as (
  -- both ways of the moments that this landing tells of; a star history is looked at as a whole
  select observation.* from observation semi join told using (subject, metric, valid_at)
  where source in ('git', 'github') and method in ('exact', 'snapshot')
  union all
  select observation.* from observation semi join (select distinct subject from incoming) as touched using (subject)
  where metric in ('github.stars_gained_1d', 'github.stars_history_start') and source = 'github'
    and method = 'exact_retained'
), word as (
  from heard
  where known_at <= $known_at
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), good as (
  select * from word where status in ('measured', 'derived')
), counted as (
  select good.*
  from good
  semi join (select subject, metric, valid_at from incoming where method = 'snapshot' and source = 'github') as fresh
    using (subject, metric, valid_at)
  where method = 'snapshot'
  qualify row_number() over (partition by subject, metric order by valid_at desc) = 1
), commits as (
  select 'commits' as comparison, ours.subject, ours.metric, ours.valid_at, ours.value, theirs.value as expected
  from good as ours
  join good as theirs using (subject, metric, method, valid_at)
  semi join (select subject, metric, valid_at from incoming where method = 'exact') as fresh
    using (subject, metric, valid_at)
  where ours.source = 'git' and theirs.source = 'github' and method = 'exact'
), history as (
  select subject, min(valid_at) filter (metric = 'github.stars_history_start') as start,
    max(valid_at) filter (metric = 'github.stars_gained_1d') as newest,
    count(*) filter (metric = 'github.stars_gained_1d') as days,
    sum(value) filter (metric = 'github.stars_gained_1d') as stars
  from good
  where method = 'exact_retained'
  group by subject
), stars as (
  select 'stars' as comparison, subject, metric, valid_at, stars as value, counted.value as expected
  from counted
  join history using (subject)
  where metric = 'github.stars' and days = date_diff('day', start, newest) + 1
    and newest between valid_at - interval 4 days and valid_at
), seen as (
  select subject, number, max(known_at) as seen_at from issue where known_at <= $known_at group by subject, number
), asked as (
  select subject, number, arg_max(is_gone, asked_at) as is_gone, max(asked_at) as asked_at
  from issue_asked
  where known_at <= $known_at
  group by subject, number
), stored as (
  select subject, count(*) filter (not coalesce(is_gone and asked_at > seen_at, false)) as issues
  from seen
  left join asked using (subject, number)
  group by subject
), issues as (
  select 'issues' as comparison, subject, 'github.issues_walked' as metric, open.valid_at, stored.issues as value,
    open.value + closed.value as expected
  from counted as open
  join counted as closed using (subject)
  join stored using (subject)
  semi join (select subject from incoming where metric = 'github.issues_walked' and status = 'measured') as walked
    using (subject)
  where open.metric = 'github.open_issues' and closed.metric = 'github.issues_closed_ever'
), compared as (
  from commits union all by name from stars union all by name from issues
)
select $run_id as run_id, $known_at::timestamp as known_at, subject, metric, 'github' as source, valid_at,
  'disagreement' as kind, value, expected,
  format('{}: {:g} here, {:g} at GitHub; up to {:g} is allowed because {}',
    comparison, value, expected, greatest(absolute, share * expected), reason) as detail
from compared
join tolerance using (comparison)
where abs(value - expected) > greatest(absolute, share * expected)
  and not exists (
    select 1 from quality_event as known
    where known.kind = 'disagreement' and known.subject = compared.subject and known.metric = compared.metric
      and known.valid_at = compared.valid_at and known.value = compared.value and known.expected = compared.expected
  )
