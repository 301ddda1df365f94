-- The rank probability rows of the days whose draws are new: the first ten ranks, others where one draw in a hundred says so.
insert into rank_probability by name
select drawn_rank.*, $known_at::timestamp as known_at
from drawn_rank
where (as_of, rubric) in (select (as_of, rubric) from fresh_draw)
  and ("rank" <= 10 or probability >= 0.01)
