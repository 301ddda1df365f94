-- The days whose draws say something new: all of such a day is kept together, under one known_at.
with word as (
  select subject, as_of, rubric, median, lo, hi, peers, p_first, confidence from score_interval
  where known_at <= $known_at and (as_of, rubric) in (select (as_of, rubric) from drawn_score)
  qualify known_at = max(known_at) over (partition by as_of, rubric)
), drawn as (
  select subject, as_of, rubric, median, lo, hi, peers, p_first, confidence from drawn_score
)
select distinct as_of, rubric
from ((from drawn except from word) union all (from word except from drawn))
