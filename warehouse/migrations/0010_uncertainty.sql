-- How sure scores are, and which rubric judges which day.
alter table rubric add column base_date date;
comment on column rubric.base_date is 'The first day that the rubric judges by default';
update rubric set base_date = date '2024-01-15' where id = '2024.1';

create or replace view latest_score as
with ruler as (
  select id, arg_max(base_date, known_at) as base_date from rubric group by id
), chosen as (
  select as_of, coalesce(arg_max(id, base_date) filter (base_date <= as_of), arg_min(id, base_date)) as id
  from (select distinct as_of from score) cross join ruler
  group by as_of
)
select score.* from score
join chosen on chosen.as_of = score.as_of and chosen.id = score.rubric
qualify row_number() over (partition by subject order by score.as_of desc, score.known_at desc) = 1;
comment on view latest_score is 'The newest score of each subject under the rubric that judges its day: the newest in force.';
comment on column latest_score.subject is 'Subject id';
comment on column latest_score.as_of is 'The score counts what was true before this moment (UTC)';
comment on column latest_score.rubric is 'Rubric id';
comment on column latest_score.known_at is 'The score counts what was known up to this moment';
comment on column latest_score.speed_score is 'Speed Score, one decimal; null when withheld';
comment on column latest_score.speed_mean is 'Mean of the five published dimension scores, two decimals';
comment on column latest_score.speed_raw is 'Mean of the five dimension scores before rounding';
comment on column latest_score.lo is 'Lower end: missing answers as weak as the weakest tenth of the peers';
comment on column latest_score.hi is 'Upper end: missing answers as strong as the strongest tenth of the peers';
comment on column latest_score.coverage is 'Share of the weight that has a fresh answer, 0 to 1';
comment on column latest_score.measured_share is 'Share of the answered weight that was measured or derived, not curated';
comment on column latest_score.status is 'final, provisional (coverage below 1) or withheld';
comment on column latest_score.reason is 'Why it is withheld or provisional';
comment on column latest_score.ecosystem is 'Dimension score, one decimal; null when withheld';
comment on column latest_score.production is 'Dimension score, one decimal; null when withheld';
comment on column latest_score.research is 'Dimension score, one decimal; null when withheld';
comment on column latest_score.learning is 'Dimension score, one decimal; null when withheld';
comment on column latest_score.performance is 'Dimension score, one decimal; null when withheld';
comment on column latest_score.inputs_sha256 is 'Fingerprint of the inputs and the rubric';
comment on column latest_score.is_reconstructed is 'True when an input became known more than 30 days after it was true';
comment on column latest_score.run_id is 'The run that stored the row';

create table score_interval (
  subject varchar not null,
  as_of timestamp not null,
  rubric varchar not null,
  known_at timestamp not null,
  median double not null,
  lo double not null,
  hi double not null,
  peers bigint not null,
  p_first double not null,
  confidence varchar not null check (confidence in ('A', 'B', 'C'))
);
comment on table score_interval is 'Of 2,000 seeded draws of inputs, goalposts, weights and aggregation: where a published score lies.';
comment on column score_interval.subject is 'Subject id';
comment on column score_interval.as_of is 'As in score';
comment on column score_interval.rubric is 'Rubric id';
comment on column score_interval.known_at is 'As in score';
comment on column score_interval.median is 'Median of the draws';
comment on column score_interval.lo is '5 % of the draws lie below';
comment on column score_interval.hi is '5 % of the draws lie above';
comment on column score_interval.peers is 'Published subjects of the same kind, itself included';
comment on column score_interval.p_first is 'Share of the draws in which it came first among them';
comment on column score_interval.confidence is 'A, B or C, by coverage, measured share and half-width';

create table dimension_interval (
  subject varchar not null,
  as_of timestamp not null,
  rubric varchar not null,
  known_at timestamp not null,
  dimension varchar not null,
  median double not null,
  lo double not null,
  hi double not null
);
comment on table dimension_interval is 'Where the dimensions of a published score lie, of the same draws.';
comment on column dimension_interval.subject is 'Subject id';
comment on column dimension_interval.as_of is 'As in score';
comment on column dimension_interval.rubric is 'Rubric id';
comment on column dimension_interval.known_at is 'As in score';
comment on column dimension_interval.dimension is 'ecosystem, production, research, learning or performance';
comment on column dimension_interval.median is 'Median of the draws';
comment on column dimension_interval.lo is '5 % of the draws lie below';
comment on column dimension_interval.hi is '5 % of the draws lie above';

create table rank_probability (
  subject varchar not null,
  as_of timestamp not null,
  rubric varchar not null,
  known_at timestamp not null,
  "rank" bigint not null,
  probability double not null
);
comment on table rank_probability is 'How often a published score came on each rank among its kind, of the same draws.';
comment on column rank_probability.subject is 'Subject id';
comment on column rank_probability.as_of is 'As in score';
comment on column rank_probability.rubric is 'Rubric id';
comment on column rank_probability.known_at is 'As in score';
comment on column rank_probability."rank" is 'Rank among the published subjects of the same kind, 1 is first';
comment on column rank_probability.probability is 'Share of the draws';
