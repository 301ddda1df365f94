-- The dimensions of the scores that are new.
insert into dimension_score by name
select brought.*, fresh_score.known_at
from brought
join fresh_score using (subject, as_of, rubric)
