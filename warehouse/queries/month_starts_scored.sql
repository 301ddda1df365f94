-- The first days of months that have a score, by rubric.
select distinct rubric, as_of from score where as_of = date_trunc('month', as_of) order by rubric, as_of
