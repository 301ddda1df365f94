-- GitHub stars at each year's end, as the history that ships with the package has them.
from (
  select year(valid_at) as year, subject, arg_max(value, valid_at)::bigint as stars
  from observation_current
  where metric = 'github.stars' and source = 'github-ranking' and status = 'measured'
  group by all
)
pivot (first(stars) for subject in (
  pytorch, tensorflow, keras, "scikit-learn", transformers, jax, paddle, mxnet, mlx) group by year)
order by year
