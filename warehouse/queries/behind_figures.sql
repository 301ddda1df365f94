-- What brought each figure of a card: the request, its raw answer, the run, and the curator's words.
-- A figure that is computed from finer facts leads to the request for those: `via` names the metric that stands for it. No
-- figure counts more than a year: older requests are not looked for.
with figure as (
  select unnest(from_json($figures::json, '[{
    "subject": "varchar", "metric": "varchar", "source": "varchar", "valid_at": "timestamp", "known_at": "timestamp", "value": "double"
  }]'), recursive := true)
), named as (
  select distinct subject, regexp_replace(metric, '_(19|20)[0-9]{2}$', '') as metric, source, metric as observed
  from newest_word
  semi join figure using (subject)
), told as (
  from figure join named using (subject, metric, source)
), computed_from (metric, via) as (
  values
    ('github.issue_close_30d', 'github.issues_walked'),
    ('github.issue_first_response_48h', 'github.issues_walked'),
    ('github.issue_first_response_median_h', 'github.issues_walked'),
    ('github.stars_new_365d', 'github.stars_gained_1d'),
    ('stackoverflow.first_answer_median_h', 'stackoverflow.answered_30d')
), asked as (
  select figure.subject, figure.metric, via, observation.url, observation.raw_sha256
  from figure
  join computed_from using (metric)
  join observation on observation.subject = figure.subject and observation.metric = via
    and observation.valid_at <= figure.valid_at + interval 1 day and observation.known_at <= figure.known_at
  where observation.url is not null
    and observation.valid_at > (select min(valid_at) - interval 400 days from figure join computed_from using (metric))
  qualify row_number() over (
    partition by figure.subject, figure.metric order by observation.valid_at desc, observation.known_at desc
  ) = 1
)
select figure.subject, figure.metric, observation.source, observation.metric as observed, method, definition, observation.lo,
  observation.hi, n, coalesce(observation.url, asked.url) as url, coalesce(observation.raw_sha256, asked.raw_sha256) as raw_sha256,
  case when observation.url is null then via end as via, run_id, figure.known_at, curated_fact.quote,
  curated_fact.review_by
from told as figure
join observation
  on observation.subject = figure.subject and observation.source = figure.source and observation.metric = figure.observed
  and observation.valid_at = figure.valid_at and observation.known_at = figure.known_at
  and observation.value is not distinct from figure.value
left join asked on asked.subject = figure.subject and asked.metric = figure.metric
  and method not in ('archived', 'reconstructed')
left join curated_fact
  on curated_fact.subject = figure.subject and curated_fact.metric = figure.metric
  and curated_fact.source = figure.source and curated_fact.valid_from = figure.valid_at::date
  and curated_fact.known_at <= figure.known_at
qualify row_number() over (
  partition by figure.subject, figure.metric
  order by lane(status, method, observation.source), observation.metric desc, revision desc, curated_fact.known_at desc
) = 1
order by figure.subject, figure.metric
