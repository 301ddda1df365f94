-- What was asked for again because two ways to one figure disagreed.
create table refetched (
  subject varchar not null,
  metric varchar not null,
  disputed_at timestamp not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table refetched is 'What was asked for again because two ways to one figure disagreed; append-only.';
comment on column refetched.subject is 'Subject id';
comment on column refetched.metric is 'Metric of the disagreement';
comment on column refetched.disputed_at is 'When the disagreement was noticed, UTC';
comment on column refetched.known_at is 'When what was asked for again had landed, UTC';
comment on column refetched.run_id is 'Run that asked again';
