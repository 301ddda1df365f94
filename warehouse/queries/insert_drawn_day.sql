-- What was kept of the days whose draws are new.
insert into drawn_day by name
from drawn_day_kept
where known_at = $known_at and (as_of, rubric) in (select (as_of, rubric) from fresh_draw)
