-- The first days of months that have a score, by rubric, and whether their uncertainty was drawn.
select rubric, as_of, bool_or(drawn.as_of is not null) as is_drawn
from score left join (select distinct rubric, as_of from drawn_day) as drawn using (rubric, as_of)
where as_of = date_trunc('month', as_of)
group by rubric, as_of
order by rubric, as_of
