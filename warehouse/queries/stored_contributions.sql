-- What was kept behind the scores of some days of one rubric, for recomputation; in the order in which it was kept.
select * from contribution
where known_at = $known_at and rubric = $rubric and as_of between $since and $until
