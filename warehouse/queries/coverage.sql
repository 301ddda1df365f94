-- The newest score of each subject, and how many of its inputs are stale.
select latest_score.subject, latest_score.as_of, latest_score.rubric, speed_score, latest_score.status,
  round(coverage, 3) as coverage,
  count(*) filter (state = 'stale') as stale
from latest_score
left join contribution using (subject, as_of, rubric, known_at)
group by all
order by speed_score desc nulls last, coverage desc, latest_score.subject
