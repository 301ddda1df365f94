-- Which figures follow from what has come or was judged, each from its oldest moment on (null: none), and whether any of it
-- can be had in two ways, or stands beside a tracker's history: what none of it concerns is neither derived nor compared.
with come as (
  select metric, method, source, status, valid_at, false as is_judged from incoming
  union all
  select metric, method, source, null, valid_at, true from verdict
)
select
  min(valid_at) filter (
    not is_judged and metric in ('github.stars_gained_1d', 'github.stars_history_start', 'github.stars_new_365d')
  ) as stars_since,
  min(valid_at) filter (
    (metric = 'github.stars' and method = 'archived')
    or (metric = 'github.contributors' and method in ('archived', 'snapshot'))
    or (metric in ('github.stars_new_365d', 'github.contributors_new_365d') and method = 'reconstructed')
  ) as gains_since,
  coalesce(bool_or(not is_judged and (method = 'exact'
    or (metric = 'github.stars' and method = 'snapshot' and source = 'github')
    or (metric = 'github.issues_walked' and status = 'measured'))), false) as is_reconciled,
  coalesce(bool_or(method = 'archived'
    or (method = 'reconstructed' and metric = 'github.stars' and source = 'github')
    or (method = 'exact' and metric = 'github.commits_90d' and source = 'git')
    or (method = 'exact_retained' and metric in ('github.stars_gained_1d', 'github.stars_history_start'))
    or metric = 'github.issues_walked'), false) as is_beside_trackers
from come
