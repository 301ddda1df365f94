-- The score interval rows of the days whose draws are new.
insert into score_interval by name
select drawn_score.*, $known_at::timestamp as known_at
from drawn_score
where (as_of, rubric) in (select (as_of, rubric) from fresh_draw)
