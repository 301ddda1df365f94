-- The days after a moment that have a score, by rubric, and whether their uncertainty was drawn.
select rubric, as_of, bool_or(interval.as_of is not null) as is_drawn
from score
left join (select distinct rubric, as_of from score_interval) as interval using (rubric, as_of)
where as_of > $before
group by rubric, as_of
order by rubric, as_of
