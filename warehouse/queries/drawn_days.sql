-- The days whose uncertainty was drawn, how many subjects have a score of that day, and whether the rows are as they were
-- kept.
with scored as (
  select rubric, as_of, count(distinct subject) as cases from score group by rubric, as_of
)
select known_at, rubric, as_of, coalesce(cases, 0) as cases,
  coalesce(said.intervals = kept.intervals and said.dimensions = kept.dimensions and said.ranks = kept.ranks
    and said.fingerprint = kept.fingerprint, false) as is_as_kept
from drawn_day as said
full join drawn_day_kept as kept using (known_at, rubric, as_of)
left join scored using (rubric, as_of)
order by known_at, rubric, as_of
