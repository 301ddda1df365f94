-- A day is judged by the newest published rubric that is in force on it, else by the newest, in hindsight.
create or replace view latest_score as
with ruler as (
  select id, arg_max(base_date, known_at) as base_date from rubric group by id
), chosen as (
  select as_of, coalesce(max(id) filter (base_date <= as_of), max(id)) as id
  from (select distinct as_of from score) cross join ruler
  group by as_of
)
select score.* from score
join chosen on chosen.as_of = score.as_of and chosen.id = score.rubric
qualify row_number() over (partition by subject order by score.as_of desc, score.known_at desc) = 1;
comment on view latest_score is 'The newest score of each subject under the rubric that judges its day: the newest in force, else the newest.';
comment on column latest_score.subject is 'Subject id';
comment on column latest_score.as_of is 'The score counts what was true before this moment (UTC)';
comment on column latest_score.rubric is 'Rubric id';
comment on column latest_score.known_at is 'The score counts what was known up to this moment';
comment on column latest_score.speed_score is 'Speed Score, one decimal; null when withheld; at least so much where the rubric has a floor and coverage is below 1';
comment on column latest_score.speed_mean is 'Mean of the five published dimension scores, two decimals';
comment on column latest_score.speed_raw is 'Mean of the five dimension scores before rounding';
comment on column latest_score.lo is 'Lower bound: under a rubric with a floor the score itself, what is unseen counting 0; else missing answers as weak as the weakest tenth of the peers';
comment on column latest_score.hi is 'Upper bound: under a rubric with a floor what is stale or unseen counts 10; else missing answers as strong as the strongest tenth of the peers';
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
comment on column score.lo is 'Lower bound: under a rubric with a floor the score itself, what is unseen counting 0; else missing answers as weak as the weakest tenth of the peers';
comment on column score.hi is 'Upper bound: under a rubric with a floor what is stale or unseen counts 10; else missing answers as strong as the strongest tenth of the peers';
comment on column dimension_score.lo is 'Lower bound: under a rubric with a floor the score itself, what is unseen counting 0; else missing answers as weak as the weakest tenth of the peers';
comment on column dimension_score.hi is 'Upper bound: under a rubric with a floor what is stale or unseen counts 10; else missing answers as strong as the strongest tenth of the peers';
