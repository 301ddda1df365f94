-- One more kind of event: a rate that is moving (METHOD 2.2). A check cannot be altered, so the table is made anew.
alter table quality_event rename to quality_event_before;

create table quality_event (
  run_id varchar not null,
  known_at timestamp not null,
  subject varchar not null,
  metric varchar not null,
  source varchar not null,
  valid_at timestamp not null,
  kind varchar not null check (
    kind in ('quarantined', 'released', 'level_shift', 'disagreement', 'moving', 'renamed', 'reused_name')),
  value double,
  expected double,
  detail varchar not null
);
comment on table quality_event is 'What looked wrong: quarantined values, level shifts, disagreeing sources, moving rates.';
comment on column quality_event.run_id is 'The run that noticed';
comment on column quality_event.known_at is 'When it was noticed';
comment on column quality_event.subject is 'Subject id';
comment on column quality_event.metric is 'Metric name';
comment on column quality_event.source is 'Source of the value';
comment on column quality_event.valid_at is 'The moment that the value is about';
comment on column quality_event.kind is 'quarantined, released, level_shift, disagreement, moving, renamed or reused_name';
comment on column quality_event.value is 'The value that looked wrong; of a disagreement our own count';
comment on column quality_event.expected is 'The value that was expected; of a disagreement the other count';
comment on column quality_event.detail is 'What happened, in a sentence';

insert into quality_event by name from quality_event_before;
drop table quality_event_before;
