-- Questions of a month-old cohort and their first answers, from which the time to a first answer follows.
create table question (
  subject varchar not null,
  question bigint not null,
  asked_at timestamp not null,
  first_answer_at timestamp,
  seen_until timestamp not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table question is 'Questions on Stack Overflow as a cohort was looked at, with their first answer; append-only.';
comment on column question.subject is 'Subject id';
comment on column question.question is 'Number of the question on the site';
comment on column question.asked_at is 'When it was asked, UTC';
comment on column question.first_answer_at is 'When the first answer that still stands was given, UTC; null: none';
comment on column question.seen_until is 'The day for which the cohort was looked at, UTC';
comment on column question.known_at is 'When the warehouse learned it, UTC';
comment on column question.run_id is 'Run that landed the row';
