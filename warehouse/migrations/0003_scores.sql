-- Judgements: scores with their inputs' fingerprint. Append-only.
create table rubric (id varchar not null, sha256 varchar not null, is_default boolean not null, known_at timestamp not null);
comment on table rubric is 'The rubrics that scores were made with; a rubric that was used is never edited.';
comment on column rubric.id is 'Rubric id';
comment on column rubric.sha256 is 'SHA-256 of its file';
comment on column rubric.is_default is 'True for the rubric of latest_score';
comment on column rubric.known_at is 'When it was first used here';

create table score (
  subject varchar not null,
  as_of timestamp not null,
  rubric varchar not null,
  known_at timestamp not null,
  speed_score double,
  speed_mean double,
  speed_raw double,
  lo double,
  hi double,
  coverage double not null,
  measured_share double not null,
  status varchar not null check (status in ('final', 'provisional', 'withheld')),
  reason varchar,
  ecosystem double,
  production double,
  research double,
  learning double,
  performance double,
  inputs_sha256 varchar not null,
  is_reconstructed boolean not null,
  run_id varchar not null
);
comment on table score is 'Dated Speed Scores, a pure function of (as_of, known_at, rubric, code).';
comment on column score.subject is 'Subject id';
comment on column score.as_of is 'The score counts what was true before this moment (UTC)';
comment on column score.rubric is 'Rubric id';
comment on column score.known_at is 'The score counts what was known up to this moment';
comment on column score.speed_score is 'Speed Score, one decimal; null when withheld';
comment on column score.speed_mean is 'Mean of the five published dimension scores, two decimals';
comment on column score.speed_raw is 'Mean of the five dimension scores before rounding';
comment on column score.lo is 'Lower end: missing answers as weak as the weakest tenth of the peers';
comment on column score.hi is 'Upper end: missing answers as strong as the strongest tenth of the peers';
comment on column score.coverage is 'Share of the weight that has a fresh answer, 0 to 1';
comment on column score.measured_share is 'Share of the answered weight that was measured or derived, not curated';
comment on column score.status is 'final, provisional (coverage below 1) or withheld';
comment on column score.reason is 'Why it is withheld or provisional';
comment on column score.ecosystem is 'Dimension score, one decimal; null when withheld';
comment on column score.production is 'Dimension score, one decimal; null when withheld';
comment on column score.research is 'Dimension score, one decimal; null when withheld';
comment on column score.learning is 'Dimension score, one decimal; null when withheld';
comment on column score.performance is 'Dimension score, one decimal; null when withheld';
comment on column score.inputs_sha256 is 'Fingerprint of the inputs and the rubric';
comment on column score.is_reconstructed is 'True when an input became known more than 30 days after it was true';
comment on column score.run_id is 'The run that stored the row';

create table dimension_score (
  subject varchar not null,
  as_of timestamp not null,
  rubric varchar not null,
  known_at timestamp not null,
  dimension varchar not null,
  score double,
  raw double,
  lo double,
  hi double,
  coverage double not null
);
comment on table dimension_score is 'The five dimensions behind each score, withheld or not.';
comment on column dimension_score.subject is 'Subject id';
comment on column dimension_score.as_of is 'As in score';
comment on column dimension_score.rubric is 'Rubric id';
comment on column dimension_score.known_at is 'As in score';
comment on column dimension_score.dimension is 'ecosystem, production, research, learning or performance';
comment on column dimension_score.score is 'Published dimension score, one decimal; null below the coverage floor';
comment on column dimension_score.raw is 'What the answered weight gives, before rounding; shown as partial below the floor';
comment on column dimension_score.lo is 'Lower end, as in score';
comment on column dimension_score.hi is 'Upper end, as in score';
comment on column dimension_score.coverage is 'Share of the dimension''s weight that has a fresh answer';

create table contribution (
  subject varchar not null,
  as_of timestamp not null,
  rubric varchar not null,
  known_at timestamp not null,
  dimension varchar not null,
  "group" varchar not null,
  metric varchar not null,
  value double,
  mark double,
  weight double not null,
  points double not null,
  state varchar not null,
  status varchar,
  source varchar,
  valid_at timestamp,
  age_days double
);
comment on table contribution is 'What each metric brings to a score; the points of a subject sum to speed_raw.';
comment on column contribution.subject is 'Subject id';
comment on column contribution.as_of is 'As in score';
comment on column contribution.rubric is 'Rubric id';
comment on column contribution.known_at is 'As in score';
comment on column contribution.dimension is 'Dimension of the metric';
comment on column contribution."group" is 'Group of the metric within the dimension';
comment on column contribution.metric is 'Metric as the rubric names it';
comment on column contribution.value is 'Effective value';
comment on column contribution.mark is 'Mark from 0 to 10';
comment on column contribution.weight is 'Effective weight in the Speed Score after redistribution';
comment on column contribution.points is 'weight x mark';
comment on column contribution.state is 'fresh, stale, missing, unused or not_applicable';
comment on column contribution.status is 'Status of the observation behind it';
comment on column contribution.source is 'Source of the observation behind it';
comment on column contribution.valid_at is 'The moment that the value is about';
comment on column contribution.age_days is 'Age of the value at as_of, in days';

create view latest_score as
select score.* from score
join (select id from rubric where is_default qualify row_number() over (order by known_at desc) = 1) as chosen
  on chosen.id = score.rubric
qualify row_number() over (partition by subject order by as_of desc, score.known_at desc) = 1;
comment on view latest_score is 'The newest score of each subject under the default rubric.';

create table review_queue (
  subject varchar not null,
  metric varchar not null,
  kind varchar not null,
  detail varchar not null,
  opened_at timestamp not null,
  run_id varchar not null
);
comment on table review_queue is 'Curated facts that a person must look at again.';
comment on column review_queue.subject is 'Subject id';
comment on column review_queue.metric is 'Metric that the fact answers';
comment on column review_queue.kind is 'expired, contradicted or contested';
comment on column review_queue.detail is 'What was noticed';
comment on column review_queue.opened_at is 'When it was noticed';
comment on column review_queue.run_id is 'The run that noticed';
