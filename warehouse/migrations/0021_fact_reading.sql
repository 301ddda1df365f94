-- What was found when the page behind a fact was read again.
create table fact_reading (
  subject varchar not null,
  metric varchar not null,
  source varchar not null,
  valid_from date not null,
  url varchar not null,
  read_at timestamp not null,
  state varchar not null,
  detail varchar,
  raw_sha256 varchar,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table fact_reading is 'What was found when the page behind a curated fact was read again; append-only.';
comment on column fact_reading.subject is 'Subject id';
comment on column fact_reading.metric is 'Metric that the fact answers';
comment on column fact_reading.source is 'Source of the fact';
comment on column fact_reading.valid_from is 'First day on which the fact holds';
comment on column fact_reading.url is 'Address of the page';
comment on column fact_reading.read_at is 'When it was read, UTC';
comment on column fact_reading.state is 'stands, changed (the words are no longer there), gone, moved (to another host) or unread';
comment on column fact_reading.detail is 'What was found, where the words did not stand';
comment on column fact_reading.raw_sha256 is 'Fingerprint of the raw page; null where none came';
comment on column fact_reading.known_at is 'When it landed, UTC';
comment on column fact_reading.run_id is 'Run that read the page';
comment on column review_queue.finding is 'expired, contested, words_changed, page_gone, page_moved, archived, notice, retired, declining, watch, moved or not_found';
