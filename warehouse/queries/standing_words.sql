-- What every run but those in $undone said last of each cell that the runs in $changed touched, and of each figure that
-- was derived since from what they landed; retracted where nobody else said anything. A verdict of the gates is nobody's
-- word: such a row repeats the content of the one before it. Neither are the words of undo and accept runs.
with heard as (
  select subject, metric, method, source, valid_at, known_at, true as is_own from observation
  where run_id in (select unnest($changed)) and method not in ('curated', 'catalog')
  union all
  select subject, metric, method, source, valid_at, known_at, false from said_again
  where run_id in (select unnest($changed))
), input as (
  select distinct subject, metric, source from heard
), last_word as (
  select * from observation
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by known_at desc, revision desc
  ) = 1
), follows (metric, method, origin) as (
  values
    ('github.stars', 'reconstructed', ['github.stars', 'github.stars_gained_1d', 'github.stars_gained_today']),
    ('github.stars_new_365d', 'exact_retained', ['github.stars_gained_1d', 'github.stars_history_start']),
    ('liveness.main', 'reconstructed', ['github.commits_total', 'github.last_push_age_d']),
    ('github.commits_90d', 'reconstructed', ['github.commits_total', 'github.last_push_age_d'])
), since as (
  select min(known_at) as known_at from heard
), resting as (
  select last_word.subject, last_word.metric, last_word.method, last_word.source, last_word.valid_at
  from last_word
  join follows using (metric, method)
  where (status = 'derived' or reason = 'retracted')
    and (metric in ('liveness.main', 'github.commits_90d') or known_at >= (select known_at from since))
    and exists (
      from input
      where input.subject = last_word.subject and input.source = last_word.source
        and list_contains(follows.origin, input.metric))
  union
  select subject, metric, method, source, valid_at
  from last_word
  where regexp_replace(metric, '_manifests$', '')
      in ('papers.share_365d', 'papers.share_slope_pp', 'papers.import_share', 'papers.import_slope')
    and method = 'snapshot' and (status = 'derived' or reason in ('retracted', 'incomplete'))
    and known_at >= (
      select min(known_at)
      from (select run_id, known_at from paper union all select run_id, known_at from code_verdict)
      where run_id in (select unnest($changed)))
  union
  select subject, metric, method, source, valid_at
  from last_word
  where source = 'github' and method = 'exact' and list_contains($rates, metric)
    and subject in (
      select subject from issue where run_id in (select unnest($changed))
      union select subject from issue_asked where run_id in (select unnest($changed)))
    and known_at >= (
      select min(known_at)
      from (select run_id, known_at from issue union all select run_id, known_at from issue_asked)
      where run_id in (select unnest($changed)))
), cell as (
  select subject, metric, method, source, valid_at, bool_or(is_derived) as is_derived, bool_or(is_own) as is_own
  from (
    select subject, metric, method, source, valid_at, false as is_derived, is_own from heard
    union all
    select subject, metric, method, source, valid_at, true, false from resting
  )
  group by all
), written as (
  select *, row(value, lo, hi, n, definition, valid_until) as content, reason is not distinct from 'quarantined' as is_held,
    lag(row(value, lo, hi, n, definition, valid_until)) over history as content_before,
    lag(reason is not distinct from 'quarantined') over history as was_held
  from observation
  semi join cell using (subject, metric, method, source, valid_at)
  window history as (
    partition by subject, metric, method, source, valid_at order by known_at, revision
  )
), spoken as (
  select * exclude (content, content_before, is_held, was_held) from written
  where content_before is null or content is distinct from content_before or is_held = was_held
  union all by name
  select *, -1 as revision from said_again
  semi join cell using (subject, metric, method, source, valid_at)
), standing as (
  select spoken.*
  from spoken
  anti join (from run where kind in ('undo', 'accept')) as restating using (run_id)
  where run_id not in (select unnest($undone))
  qualify row_number() over (
    partition by subject, metric, method, source, valid_at order by spoken.known_at desc, revision desc
  ) = 1
), kind as (
  select subject, metric, method, source, min(status) as released_status
  from observation
  semi join cell using (subject, metric, method, source)
  where status in ('measured', 'derived')
  group by subject, metric, method, source
)
select cell.subject, cell.metric, cell.method, cell.source, cell.valid_at, standing.value, standing.lo, standing.hi,
  standing.n,
  case when standing.reason is not distinct from 'quarantined' then coalesce(released_status, 'measured')
    else coalesce(standing.status, 'missing') end as status,
  case when standing.subject is null then 'retracted' when standing.reason <> 'quarantined' then standing.reason end
    as reason,
  coalesce(standing.definition, last_word.definition) as definition, coalesce(standing.unit, last_word.unit) as unit,
  standing.valid_until, standing.url, standing.raw_sha256, standing.known_at as said_at, is_derived,
  is_own or last_word.value is distinct from standing.value
    or (standing.subject is null and last_word.reason is distinct from 'retracted') as is_changed
from cell
join last_word using (subject, metric, method, source, valid_at)
left join standing using (subject, metric, method, source, valid_at)
left join kind using (subject, metric, method, source)
order by cell.subject, cell.metric, cell.method, cell.source, cell.valid_at
