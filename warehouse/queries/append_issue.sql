-- A row for each issue that is new or has changed since the last word on it, as known at $known_at.
insert into issue by name
with word as (
  select * from issue anti join undone_run using (run_id)
  semi join appended using (subject, number)
  where known_at <= $known_at
  qualify row_number() over (
    partition by subject, number order by updated_at desc, is_comment_known desc, known_at desc
  ) = 1
), once as (
  select * from appended
  qualify row_number() over (
    partition by subject, number
    order by updated_at desc, is_comment_known desc, first_response_at, closed_at, state_reason, author_kind
  ) = 1
)
select once.*, $known_at::timestamp as known_at, $run_id as run_id
from once
left join word using (subject, number)
where word.subject is null
  or once.updated_at > word.updated_at
  or (once.updated_at = word.updated_at and once.is_comment_known >= word.is_comment_known and (
    once.created_at <> word.created_at
    or once.closed_at is distinct from word.closed_at
    or once.state_reason is distinct from word.state_reason
    or once.author_kind <> word.author_kind
    or once.first_response_at is distinct from word.first_response_at
    or once.is_comment_known <> word.is_comment_known))
