-- All commits of a subject by the days on which they were counted, in series of one source of which something was learned
-- since they were told of, on whichever day, with the last push that the source knew of; a tracker that knows of none is
-- left out, because its counts may stand still. An undo says at one moment which counts stand and that states are taken
-- back. `is_shifted` where the counts go on at another level.
with word as (
  select subject, metric, method, source, valid_at, known_at, value, status in ('measured', 'derived') as is_good
  from observation_current
  where metric in ('github.commits_total', 'github.last_push_age_d', 'github.commits_90d', 'liveness.main')
    and method in ('archived', 'exact', 'reconstructed')
), good as (
  select * from word where is_good
), counted as (
  select good.subject, good.source, good.valid_at, good.value as commits,
    good.valid_at - to_seconds(86400 * pushed.value) as pushed_at
  from good
  left join good as pushed
    on pushed.subject = good.subject and pushed.source = good.source and pushed.valid_at = good.valid_at
      and pushed.metric = 'github.last_push_age_d'
  where good.metric = 'github.commits_total' and good.method in ('archived', 'exact')
    and (good.method = 'exact' or pushed.value is not null)
), shifted as (
  select subject, source, valid_at from quality_event anti join undone_run using (run_id)
  where metric = 'github.commits_total' and kind in ('quarantined', 'level_shift', 'released')
  qualify row_number() over (partition by subject, source, valid_at order by known_at desc) = 1 and kind = 'level_shift'
), grown as (
  select subject, source from word
  group by subject, source
  having max(known_at) filter (method <> 'reconstructed')
    >= coalesce(max(known_at) filter (method = 'reconstructed'), timestamp '1970-01-01')
)
select counted.*, recent.valid_at is not null as has_recent, shifted.valid_at is not null as is_shifted
from counted
semi join grown using (subject, source)
left join shifted using (subject, source, valid_at)
left join (
  select subject, source, valid_at from good where metric = 'github.commits_90d' and method <> 'reconstructed'
) as recent using (subject, source, valid_at)
order by subject, source, valid_at
