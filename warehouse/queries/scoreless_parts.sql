-- Dimensions and contributions that are kept behind a score that is gone.
with part as (
  select distinct known_at, rubric, as_of, subject from dimension_score
  union
  select distinct known_at, rubric, as_of, subject from contribution
)
select known_at, rubric, as_of, subject, 'score' as "column", null::varchar as stored, null::varchar as recomputed
from part anti join score using (known_at, rubric, as_of, subject)
order by known_at, rubric, as_of, subject
