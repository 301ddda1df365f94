-- The last word on every issue as known at $known_at: the newest change of it that had been seen by then.
-- A response that was seen once stays seen, also when the issue was later read without its comments; where none was
-- seen, comments_until says until when there was none. One that is gone was last seen at gone_at.
with known as (
  select * from issue anti join undone_run using (run_id) where known_at <= $known_at
), word as (
  select * from known
  qualify row_number() over (
    partition by subject, number order by updated_at desc, is_comment_known desc, known_at desc
  ) = 1
), history as (
  select subject, number, min(first_response_at) as responded_at,
    max(updated_at) filter (is_comment_known) as commented_at, max(known_at) as seen_at
  from known
  group by subject, number
), asked as (
  select subject, number, arg_max(is_gone, asked_at) as is_gone, max(asked_at) as asked_at,
    max(asked_at) filter (not is_gone) as found_at
  from issue_asked anti join undone_run using (run_id)
  where known_at <= $known_at
  group by subject, number
)
select subject, number, created_at, closed_at, state_reason, author_kind,
  coalesce(first_response_at, responded_at) as first_response_at,
  is_comment_known or responded_at is not null as is_comment_known,
  updated_at,
  case when is_gone and asked_at > seen_at then greatest(seen_at, found_at) end as gone_at,
  case when not is_comment_known and responded_at is null then commented_at end as comments_until,
  coalesce(closed_at is null and state_reason is distinct from 'REOPENED', false)
    or coalesce(asked_at >= updated_at, false) as is_history_known
from word
join history using (subject, number)
left join asked using (subject, number)
order by subject, created_at, number
