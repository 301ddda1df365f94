-- The dimensions of the scores that are new.
insert into dimension_score by name
select dimension.*, fresh_score.known_at
from dimension
join fresh_score using (subject, as_of, rubric)
