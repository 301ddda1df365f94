-- The oldest moment of the history of stars that has come.
select min(valid_at) as since
from incoming
where metric in ('github.stars_gained_1d', 'github.stars_history_start', 'github.stars_new_365d')
