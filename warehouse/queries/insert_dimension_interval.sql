-- The dimension interval rows of the days whose draws are new.
insert into dimension_interval by name
select drawn_dimension.*, $known_at::timestamp as known_at
from drawn_dimension
where (as_of, rubric) in (select (as_of, rubric) from fresh_draw)
