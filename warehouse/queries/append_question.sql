-- Questions of a cohort, as they were looked at; what is known so already is not said again.
insert into question by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
where not exists (
  from (from question anti join undone_run using (run_id)) as known
  where known.subject = appended.subject
    and known.question = appended.question
    and known.seen_until = appended.seen_until
    and known.asked_at = appended.asked_at
    and known.first_answer_at is not distinct from appended.first_answer_at)
