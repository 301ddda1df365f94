-- Days whose uncertainty is stored and of which this run has stored a score in place of an older one.
select distinct as_of
from score as moved
semi join drawn_day using (rubric, as_of)
where run_id = $run_id and rubric = $rubric and exists (
  from score as older
  where older.subject = moved.subject and older.as_of = moved.as_of and older.rubric = moved.rubric
    and older.known_at < moved.known_at
)
order by as_of
