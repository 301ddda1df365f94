-- The last word on every issue as known at $known_at: the newest change of it that had been seen by then.
-- A response that was seen once stays seen, also when the issue was later read without its comments.
with known as (
  select * from issue where known_at <= $known_at
), word as (
  select * from known
  qualify row_number() over (
    partition by subject, number order by updated_at desc, is_comment_known desc, known_at desc
  ) = 1
), response as (
  select subject, number, min(first_response_at) as responded_at from known group by subject, number
)
select subject, number, created_at, closed_at, state_reason, author_kind,
  coalesce(first_response_at, responded_at) as first_response_at,
  is_comment_known or responded_at is not null as is_comment_known,
  updated_at
from word
join response using (subject, number)
order by subject, created_at, number
