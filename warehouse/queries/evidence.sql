-- The last word on every input of a rubric, as known at $known_at: what a score may look at.
select observation.subject, regexp_replace(observation.metric, '_(19|20)[0-9]{2}$', '') as metric,
  observation.source, lane(status, method, source) as lane,
  observation.valid_at, observation.valid_until, observation.known_at, value, lo, hi, n, status, reason
from observation
where regexp_replace(observation.metric, '_(19|20)[0-9]{2}$', '') in (select unnest($metrics))
  and observation.known_at <= $known_at and observation.valid_at < $before
qualify row_number() over (
  partition by subject, observation.metric, method, source, valid_at order by known_at desc, revision desc
) = 1
order by subject, observation.metric, source, valid_at, method
