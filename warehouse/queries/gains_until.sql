-- The newest moment that there is a count of, of those that yearly gains follow from.
select max(valid_at) as until
from (
  select metric, valid_at from newest_word
  union all
  select metric, valid_at from incoming
)
where metric in ('github.stars', 'github.contributors')
