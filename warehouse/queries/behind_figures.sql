-- What brought each figure of a card: the request, its raw answer, the run, and the curator's words.
with figure as (
  select unnest($subjects) as subject, unnest($metrics) as metric, unnest($sources) as source,
    unnest($valid_ats)::timestamp as valid_at, unnest($known_ats)::timestamp as known_at, unnest($values) as value
)
select figure.subject, figure.metric, observation.metric as observed, method, definition, observation.lo, observation.hi,
  n, observation.url, raw_sha256, run_id, figure.known_at, curated_fact.quote, curated_fact.review_by
from figure
join observation
  on observation.subject = figure.subject and observation.source = figure.source
  and regexp_replace(observation.metric, '_(19|20)[0-9]{2}$', '') = figure.metric
  and observation.valid_at = figure.valid_at and observation.known_at = figure.known_at
  and observation.value is not distinct from figure.value
left join curated_fact
  on curated_fact.subject = figure.subject and curated_fact.metric = figure.metric
  and curated_fact.source = figure.source and curated_fact.valid_from = figure.valid_at::date
  and curated_fact.known_at <= figure.known_at
qualify row_number() over (
  partition by figure.subject, figure.metric
  order by lane(status, method, observation.source), observation.metric desc, revision desc, curated_fact.known_at desc
) = 1
order by figure.subject, figure.metric
