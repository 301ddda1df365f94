-- Questions of a cohort, as they were looked at; what is known so already is not said again.
insert into question by name
select brought.*, $known_at::timestamp as known_at, $run_id as run_id
from brought
where not exists (
  from question as known
  where known.subject = brought.subject
    and known.question = brought.question
    and known.seen_until = brought.seen_until
    and known.asked_at = brought.asked_at
    and known.first_answer_at is not distinct from brought.first_answer_at)
