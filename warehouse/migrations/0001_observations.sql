-- Facts: what was measured, when it was true, when we learned it. Append-only, so no primary key.
create table observation (
  subject varchar not null,
  metric varchar not null,
  method varchar not null,
  source varchar not null,
  valid_at timestamp not null,
  known_at timestamp not null,
  revision integer not null,
  value double,
  lo double,
  hi double,
  n bigint,
  status varchar not null check (status in ('measured', 'derived', 'curated', 'missing', 'not_applicable')),
  reason varchar,
  definition varchar not null,
  unit varchar not null,
  valid_until timestamp,
  url varchar,
  raw_sha256 varchar,
  run_id varchar not null
);
comment on table observation is 'Every measurement, append-only and bitemporal. Times are naive UTC.';
comment on column observation.subject is 'Subject id of the catalog';
comment on column observation.metric is 'Full metric name, such as github.stars';
comment on column observation.method is 'How the value was had: snapshot, exact, exact_retained, reconstructed, archived, curated, catalog';
comment on column observation.source is 'Who said it: a collector, a dated tracker, or a curated card';
comment on column observation.valid_at is 'The moment that the value is about';
comment on column observation.known_at is 'The moment at which this warehouse learned it';
comment on column observation.revision is 'Order among rows of one key and one known_at; the highest counts';
comment on column observation.value is 'The value; null when missing, kept but never scored when quarantined';
comment on column observation.lo is 'Lower bound of the value, where one is known';
comment on column observation.hi is 'Upper bound of the value, where one is known';
comment on column observation.n is 'Number of cases behind the value, where it is a statistic';
comment on column observation.status is 'measured, derived, curated, missing or not_applicable';
comment on column observation.reason is 'Why the value is missing; null otherwise';
comment on column observation.definition is 'Version of the definition, such as stars@1';
comment on column observation.unit is 'Unit of the value';
comment on column observation.valid_until is 'The day from which a curated value no longer counts';
comment on column observation.url is 'Address that was asked, without secrets';
comment on column observation.raw_sha256 is 'SHA-256 of the raw answer in the raw archive';
comment on column observation.run_id is 'The run that landed the row';

create table subject (
  subject varchar not null,
  name varchar not null,
  kind varchar not null,
  github_id bigint,
  catalog_json varchar not null,
  is_followed boolean not null,
  known_at timestamp not null
);
comment on table subject is 'What the catalog said of each subject, a row for each change.';
comment on column subject.subject is 'Subject id';
comment on column subject.name is 'Name as people write it';
comment on column subject.kind is 'Kind; peers are compared within one';
comment on column subject.github_id is 'Numeric repository id, the stable key';
comment on column subject.catalog_json is 'The whole catalog entry as JSON';
comment on column subject.is_followed is 'False once the catalog has dropped the subject';
comment on column subject.known_at is 'When the warehouse learned this version';

create table metric (
  metric varchar not null,
  unit varchar not null,
  meaning varchar not null,
  definition varchar not null,
  max_age_days integer not null,
  monotone boolean not null,
  gated boolean not null,
  past varchar not null
);
comment on table metric is 'Every metric that may be observed, from the catalog of this version.';
comment on column metric.metric is 'Full metric name, without a year';
comment on column metric.unit is 'Unit of its values';
comment on column metric.meaning is 'What it measures, in a sentence';
comment on column metric.definition is 'Version of its definition';
comment on column metric.max_age_days is 'Days for which a value is carried before it counts as missing';
comment on column metric.monotone is 'True for a counter that should not fall';
comment on column metric.gated is 'True where the plausibility gates apply';
comment on column metric.past is 'How a past value can be had';

create table curated_fact (
  subject varchar not null,
  metric varchar not null,
  value double not null,
  valid_from date not null,
  review_by date not null,
  source varchar not null,
  url varchar,
  quote varchar,
  note varchar,
  confidence varchar not null,
  maintenance varchar not null,
  backing_repositories varchar[] not null,
  known_at timestamp not null
);
comment on table curated_fact is 'Facts that a person read in a source, with the day on which to look again.';
comment on column curated_fact.subject is 'Subject id';
comment on column curated_fact.metric is 'Metric that the fact answers';
comment on column curated_fact.value is 'The value; a level is its place from 0 (none) to 4 (excellent)';
comment on column curated_fact.valid_from is 'First day on which the fact holds';
comment on column curated_fact.review_by is 'Day from which the fact has expired';
comment on column curated_fact.source is 'Where it was read';
comment on column curated_fact.url is 'Address of the source';
comment on column curated_fact.quote is 'Words of the source';
comment on column curated_fact.note is 'A remark of the curator';
comment on column curated_fact.confidence is 'low, medium or high';
comment on column curated_fact.maintenance is 'stable where the thing needs no commits, else active';
comment on column curated_fact.backing_repositories is 'Repositories that carry the capability';
comment on column curated_fact.known_at is 'When the warehouse learned this version';

create table run (
  run_id varchar not null,
  kind varchar not null,
  known_at timestamp not null,
  started_at timestamp not null,
  finished_at timestamp not null,
  status varchar not null check (status in ('complete', 'degraded')),
  observations bigint not null,
  missing bigint not null,
  quarantined bigint not null,
  version varchar not null,
  detail_json varchar not null
);
comment on table run is 'Every landing: what brought it, when, how much.';
comment on column run.run_id is 'Id of the run; the raw archive keeps its answers under it';
comment on column run.kind is 'nightly, backfill, import, score or demo';
comment on column run.known_at is 'known_at of the rows that it landed';
comment on column run.started_at is 'When it began to ask';
comment on column run.finished_at is 'When it had asked everything';
comment on column run.status is 'complete, or degraded when something asked for is missing';
comment on column run.observations is 'Rows added to observation';
comment on column run.missing is 'Rows added that say missing';
comment on column run.quarantined is 'Values that the plausibility gates held back';
comment on column run.version is 'Version of speedscore';
comment on column run.detail_json is 'Per source: rows, requests, failures';

create table quality_event (
  run_id varchar not null,
  known_at timestamp not null,
  subject varchar not null,
  metric varchar not null,
  source varchar not null,
  valid_at timestamp not null,
  kind varchar not null check (kind in ('quarantined', 'released', 'level_shift', 'disagreement', 'renamed', 'reused_name')),
  value double,
  expected double,
  detail varchar not null
);
comment on table quality_event is 'What looked wrong: quarantined values, level shifts, disagreeing sources.';
comment on column quality_event.run_id is 'The run that noticed';
comment on column quality_event.known_at is 'When it was noticed';
comment on column quality_event.subject is 'Subject id';
comment on column quality_event.metric is 'Metric name';
comment on column quality_event.source is 'Source of the value';
comment on column quality_event.valid_at is 'The moment that the value is about';
comment on column quality_event.kind is 'quarantined, released, level_shift, disagreement, renamed or reused_name';
comment on column quality_event.value is 'The value that looked wrong';
comment on column quality_event.expected is 'The value that was expected';
comment on column quality_event.detail is 'What happened, in a sentence';

create table label (name varchar not null, value varchar not null);
comment on table label is 'Marks of the whole warehouse, such as DEMO.';
comment on column label.name is 'Name of the mark';
comment on column label.value is 'Its value';

create sequence landing;
