-- Every stored interval of a dimension, for recomputation.
select * from dimension_interval order by known_at, rubric, as_of, subject, dimension
