-- How far each subject's star history reaches, whether it reaches the beginning, and the page that told its newest day.
select subject,
  max(valid_at) filter (metric = 'github.stars_gained_1d')::date as newest,
  min(valid_at) filter (metric = 'github.stars_gained_1d')::date as oldest,
  bool_or(metric = 'github.stars_history_start') as is_whole,
  arg_max(raw_sha256, valid_at) filter (metric = 'github.stars_gained_1d') as page_sha256
from observation anti join undone_run using (run_id)
where metric in ('github.stars_gained_1d', 'github.stars_history_start') and status = 'measured'
  and known_at < $before
group by subject
having newest is not null
