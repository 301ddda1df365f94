-- Every stored interval of a score, for recomputation.
select * from score_interval order by known_at, rubric, as_of, subject
