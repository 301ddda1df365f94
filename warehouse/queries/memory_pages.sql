-- When each page behind a fact was last read, and what was found; a page that any of its facts could read was read.
select url, max(read_at) as read_at, arg_max(state, read_at) as state
from fact_reading anti join undone_run using (run_id) where read_at < $before group by url
