-- Every close of every issue as known at $known_at, and when it was undone. What GitHub told when the issue was asked
-- for comes first; what our own walks saw since then is added: a close that was followed by another state was undone
-- when that state was first seen, at the latest.
with told as (
  select subject, number, asked_at, closes
  from issue_asked anti join undone_run using (run_id)
  where known_at <= $known_at and not is_gone
  qualify row_number() over (partition by subject, number order by asked_at desc, known_at desc) = 1
), undone as (
  select subject, number, unnest(list_filter(closes, lambda one: one.reopened_at is not null), recursive := true) from told
), last_told as (
  select subject, number, asked_at as updated_at, list_filter(closes, lambda one: one.reopened_at is null)[-1] as last
  from told
), view as (
  select subject, number, updated_at, last.closed_at as closed_at, last.reason as reason, last.is_by_bot as is_by_bot
  from last_told
  union all
  select subject, number, issue.updated_at, closed_at, state_reason as reason, null as is_by_bot
  from (from issue anti join undone_run using (run_id)) as issue
  left join told using (subject, number)
  where known_at <= $known_at and (asked_at is null or issue.updated_at > asked_at)
  qualify row_number() over (
    partition by subject, number, issue.updated_at order by is_comment_known desc, known_at desc
  ) = 1
), changed as (
  select * from view
  qualify row_number() over (partition by subject, number order by updated_at) = 1
    or closed_at is distinct from lag(closed_at) over (partition by subject, number order by updated_at)
), seen as (
  select subject, number, closed_at,
    lead(coalesce(closed_at, updated_at)) over (partition by subject, number order by updated_at) as reopened_at,
    reason, is_by_bot
  from changed
)
select subject, number, closed_at, reopened_at, reason, is_by_bot from undone
union all by name
select * from seen where closed_at is not null
order by subject, number, closed_at
