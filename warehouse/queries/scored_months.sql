-- The days that have a score under a rubric.
select distinct as_of from score where rubric = $rubric
