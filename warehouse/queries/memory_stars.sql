-- How far each subject's star history reaches, and whether it reaches the beginning.
select subject,
  max(valid_at) filter (metric = 'github.stars_gained_1d')::date as newest,
  min(valid_at) filter (metric = 'github.stars_gained_1d')::date as oldest,
  bool_or(metric = 'github.stars_history_start') as is_whole
from observation
where metric in ('github.stars_gained_1d', 'github.stars_history_start') and status = 'measured'
  and known_at < $before
group by subject
having newest is not null
