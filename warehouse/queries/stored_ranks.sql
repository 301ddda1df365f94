-- Every stored probability of a rank, for recomputation.
select * from rank_probability order by known_at, rubric, as_of, subject, "rank"
