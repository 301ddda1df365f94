-- All commits of a subject by the days on which they were counted, in series of one source of which a count was learned
-- since they were told of, with the last push that the source knew of; a tracker that knows of none is left out, because
-- its counts may stand still.
with word as (
  select subject, metric, method, source, valid_at, known_at, value
  from observation_current
  where metric in ('github.commits_total', 'github.last_push_age_d', 'github.commits_90d', 'liveness.main')
    and method in ('archived', 'exact', 'reconstructed') and status in ('measured', 'derived')
), counted as (
  select word.subject, word.source, word.valid_at, word.known_at, word.value as commits,
    word.valid_at - to_seconds(86400 * pushed.value) as pushed_at
  from word
  left join word as pushed
    on pushed.subject = word.subject and pushed.source = word.source and pushed.valid_at = word.valid_at
      and pushed.metric = 'github.last_push_age_d'
  where word.metric = 'github.commits_total' and word.method in ('archived', 'exact')
    and (word.method = 'exact' or pushed.value is not null)
), told as (
  select subject, source, max(known_at) as told_at from word
  where metric = 'liveness.main' and method = 'reconstructed' group by subject, source
), grown as (
  select subject, source from counted left join told using (subject, source)
  group by subject, source having max(known_at) > coalesce(any_value(told_at), timestamp '1970-01-01')
)
select counted.* exclude (known_at), recent.valid_at is not null as has_recent
from counted
semi join grown using (subject, source)
left join (
  select subject, source, valid_at from word where metric = 'github.commits_90d' and method <> 'reconstructed'
) as recent using (subject, source, valid_at)
order by subject, source, valid_at
