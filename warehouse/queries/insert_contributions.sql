-- The contributions to the scores that are new.
insert into contribution by name
select contributed.* exclude (known_at), fresh_score.known_at
from contributed
join fresh_score using (subject, as_of, rubric)
