-- The moment at which the warehouse was last opened for writing: nothing from after it is the newest that views show.
create table present (moment timestamp not null);
comment on table present is 'The clock of whoever wrote last, one row; views of the newest leave out what is dated later.';
comment on column present.moment is 'When the file was last opened for writing, UTC';

create or replace view metric_latest as
select * from metric_as_of(
  coalesce((select moment from present), (select max(greatest(known_at, valid_at)) from observation)) + interval 1 microsecond,
  (select max(known_at) from observation)
);
comment on view metric_latest is 'One effective row per subject and metric, with its age at the last writing; what is dated later is left out.';
comment on column metric_latest.subject is 'Subject id of the catalog';
comment on column metric_latest.metric is 'Full metric name, such as github.stars';
comment on column metric_latest.method is 'How the value was had: snapshot, exact, exact_retained, reconstructed, archived, curated, catalog';
comment on column metric_latest.source is 'Who said it: a collector, a dated tracker, or a curated card';
comment on column metric_latest.valid_at is 'The moment that the value is about';
comment on column metric_latest.known_at is 'The moment at which this warehouse learned it';
comment on column metric_latest.value is 'The value; null when missing, kept but never scored when quarantined';
comment on column metric_latest.lo is 'Lower bound of the value, where one is known';
comment on column metric_latest.hi is 'Upper bound of the value, where one is known';
comment on column metric_latest.n is 'Number of cases behind the value, where it is a statistic';
comment on column metric_latest.status is 'measured, derived, curated, missing or not_applicable';
comment on column metric_latest.reason is 'Why the value is missing; null otherwise';
comment on column metric_latest.definition is 'Version of the definition, such as stars@1';
comment on column metric_latest.unit is 'Unit of the value';
comment on column metric_latest.valid_until is 'The day from which a curated value no longer counts';
comment on column metric_latest.url is 'Address that was asked, without secrets';
comment on column metric_latest.raw_sha256 is 'SHA-256 of the raw answer in the raw archive';
comment on column metric_latest.run_id is 'The run that landed the row';
comment on column metric_latest.age_days is 'Age of the value at the last writing, in days';
comment on column metric_latest.is_fresh is 'False when the value is past the age up to which it is carried';

create or replace view gap as
select word.subject, word.metric, word.source, word.valid_at, word.known_at, word.reason,
  coalesce(metric.past, 'snapshot') <> 'snapshot' as is_recoverable,
  coalesce(metric.past, 'snapshot') as past, word.url
from (
  select * from observation_current
  where method not in ('archived', 'curated', 'catalog')
    and valid_at <= coalesce((select moment from present), timestamp 'infinity')
  qualify row_number() over (partition by subject, metric order by valid_at desc, known_at desc, revision desc) = 1
) as word
left join metric on metric.metric = family(word.metric)
where word.status = 'missing';
comment on view gap is 'Cells whose newest answer is missing, why, and whether the past value can be had later.';
comment on column gap.subject is 'Subject id of the catalog';
comment on column gap.metric is 'Full metric name, such as github.stars';
comment on column gap.source is 'Who said it: a collector, a dated tracker, or a curated card';
comment on column gap.valid_at is 'The moment that the value is about';
comment on column gap.known_at is 'The moment at which this warehouse learned it';
comment on column gap.reason is 'Why the value is missing; null otherwise';
comment on column gap.url is 'Address that was asked, without secrets';
comment on column gap.is_recoverable is 'True when a later run can fetch the value of that day';
comment on column gap.past is 'How a past value can be had';

-- A score may be as of the end of the day of writing, and no later.
create or replace view latest_score as
with ruler as (
  select id, arg_max(base_date, known_at) as base_date from rubric group by id
), said as (
  select * from score
  where as_of <= coalesce((select date_trunc('day', moment) + interval 1 day from present), timestamp 'infinity')
), chosen as (
  select as_of, coalesce(max(id) filter (base_date <= as_of), max(id)) as id
  from (select distinct as_of from said) cross join ruler
  group by as_of
)
select said.* from said
join chosen on chosen.as_of = said.as_of and chosen.id = said.rubric
qualify row_number() over (partition by subject order by said.as_of desc, said.known_at desc) = 1;
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
