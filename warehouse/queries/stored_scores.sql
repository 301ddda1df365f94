-- Every stored score, for recomputation.
select * exclude (run_id) from score order by known_at, rubric, as_of, subject
