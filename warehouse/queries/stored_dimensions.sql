-- The dimensions behind the scores of some days of one rubric, for recomputation; in the order in which they were kept.
select * from dimension_score
where known_at = $known_at and rubric = $rubric and as_of between $since and $until
