-- The last word of a page on each fact, and the last day on which its words stood there.
select subject, metric, source, valid_from,
  arg_max(state, read_at) filter (state <> 'unread') as state,
  arg_max(detail, read_at) filter (state <> 'unread') as detail,
  arg_max(url, read_at) filter (state <> 'unread') as url,
  max(read_at) filter (state = 'stands') as stood_at
from fact_reading anti join undone_run using (run_id) group by subject, metric, source, valid_from
