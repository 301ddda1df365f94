-- Runs that were taken back, what later runs said again without changing anything, and held readings that are real.
create table undone (
  run_id varchar not null,
  is_undone boolean not null,
  by_run_id varchar not null,
  reason varchar,
  known_at timestamp not null
);
comment on table undone is 'Runs that were taken back, and undoings that were taken back themselves; append-only, the last word on a run counts.';
comment on column undone.run_id is 'Run that was taken back, or stands again';
comment on column undone.is_undone is 'True from known_at on where the run no longer counts, false where it counts again';
comment on column undone.by_run_id is 'The undo run that did it';
comment on column undone.reason is 'Why, in the words of who did it; null where nothing was said';
comment on column undone.known_at is 'When it landed, UTC';

create view undone_run as
select run_id, by_run_id, reason, known_at from undone
qualify row_number() over (partition by run_id order by known_at desc) = 1 and is_undone;
comment on view undone_run is 'The runs that do not count now.';
comment on column undone_run.run_id is 'Run that was taken back';
comment on column undone_run.by_run_id is 'The undo run that did it';
comment on column undone_run.reason is 'Why, in the words of who did it; null where nothing was said';
comment on column undone_run.known_at is 'When it landed, UTC';

create table said_again (
  subject varchar not null,
  metric varchar not null,
  method varchar not null,
  source varchar not null,
  valid_at timestamp not null,
  value double,
  lo double,
  hi double,
  n bigint,
  status varchar not null,
  reason varchar,
  definition varchar not null,
  unit varchar not null,
  valid_until timestamp,
  url varchar,
  raw_sha256 varchar,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table said_again is 'What a run said that another run had said before it, so that it still stands when that one is taken back; append-only.';
comment on column said_again.subject is 'Subject id of the catalog';
comment on column said_again.metric is 'Full metric name, such as github.stars';
comment on column said_again.method is 'How the value was had, as in observation';
comment on column said_again.source is 'Who said it';
comment on column said_again.valid_at is 'The moment that the value is about';
comment on column said_again.value is 'The value; null when missing';
comment on column said_again.lo is 'Lower bound of the value, where one is known';
comment on column said_again.hi is 'Upper bound of the value, where one is known';
comment on column said_again.n is 'Number of cases behind the value, where it is a statistic';
comment on column said_again.status is 'measured, derived or missing, before the plausibility gates';
comment on column said_again.reason is 'Why the value is missing; null otherwise';
comment on column said_again.definition is 'Version of the definition';
comment on column said_again.unit is 'Unit of the value';
comment on column said_again.valid_until is 'The day from which the value no longer counts';
comment on column said_again.url is 'Address that was asked, without secrets';
comment on column said_again.raw_sha256 is 'SHA-256 of the raw answer in the raw archive';
comment on column said_again.known_at is 'When it was said again, UTC';
comment on column said_again.run_id is 'The run that said it again';

create table accepted (
  subject varchar not null,
  metric varchar not null,
  method varchar not null,
  source varchar not null,
  valid_at timestamp not null,
  value double not null,
  reason varchar not null,
  known_at timestamp not null,
  run_id varchar not null
);
comment on table accepted is 'Readings that the plausibility gates had held back and a person took for real; append-only.';
comment on column accepted.subject is 'Subject id';
comment on column accepted.metric is 'Metric name';
comment on column accepted.method is 'How the value was had, as in observation';
comment on column accepted.source is 'Source of the value';
comment on column accepted.valid_at is 'The moment that the value is about';
comment on column accepted.value is 'The value that was taken for real';
comment on column accepted.reason is 'Why, in the words of who did it';
comment on column accepted.known_at is 'When it was accepted, UTC';
comment on column accepted.run_id is 'The accept run; undo takes it back';

comment on column run.kind is 'nightly, backfill, heal, import, shipped, undo, accept or demo';
comment on column observation.reason is 'Why the value is missing; retracted where the run that landed it was taken back; null otherwise';
