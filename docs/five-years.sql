-- GitHub stars at the last day of each year that the history which ships with the package has; a count that is more than a
-- month older is left out.
with counted as (
  select subject, year(valid_at) as year, max(valid_at) as counted_at, arg_max(value, valid_at)::bigint as stars
  from observation_current
  where metric = 'github.stars' and source = 'github-ranking' and status = 'measured'
  group by all
), told as (
  select max(counted_at) over (partition by year)::date as day, counted_at, subject, stars
  from counted
)
from (select day, subject, stars from told where counted_at >= day - interval 31 days)
pivot (first(stars) for subject in (
  pytorch, tensorflow, keras, "scikit-learn", transformers, jax, paddle, mxnet, mlx) group by day)
order by day
