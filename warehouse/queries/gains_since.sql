-- The oldest moment of a count from which yearly gains follow, or of such a gain, that has come or was judged.
select min(valid_at) as since
from (
  select metric, method, valid_at from incoming
  union all
  select metric, method, valid_at from verdict
)
where (metric = 'github.stars' and method = 'archived')
  or (metric = 'github.contributors' and method in ('archived', 'snapshot'))
  or (metric in ('github.stars_new_365d', 'github.contributors_new_365d') and method = 'reconstructed')
