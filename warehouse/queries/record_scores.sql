-- Keep the scores that say something new; the same score stored twice is stored once.
with word as (
  select * from score
  where known_at <= $known_at and (subject, as_of, rubric) in (select (subject, as_of, rubric) from scored)
  qualify row_number() over (partition by subject, as_of, rubric order by known_at desc) = 1
)
select scored.*, $known_at::timestamp as known_at, $run_id as run_id
from scored
left join word using (subject, as_of, rubric)
where word.subject is null
  or word.inputs_sha256 <> scored.inputs_sha256
  or word.speed_raw is distinct from scored.speed_raw
  or word.lo is distinct from scored.lo
  or word.hi is distinct from scored.hi
  or word.coverage <> scored.coverage
  or word.ecosystem is distinct from scored.ecosystem
  or word.production is distinct from scored.production
  or word.research is distinct from scored.research
  or word.learning is distinct from scored.learning
  or word.performance is distinct from scored.performance
