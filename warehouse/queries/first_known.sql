-- When the score of a day was first kept: what was said at the time.
select min(known_at) as known_at from score where subject = $subject and as_of = $as_of and rubric = $rubric
