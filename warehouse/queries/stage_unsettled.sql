-- The series that newest_word cannot follow by what landed alone: a moment has gained or lost its value, or something
-- was learned before what is known already.
select distinct subject, metric, method, source from landed where had_value <> has_value
union
select distinct subject, metric, method, source from observation
where known_at >= $known_at and $known_at::timestamp <= $kept_until::timestamp
  and subject > $after and subject <= $upto
