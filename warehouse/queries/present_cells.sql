-- The cells of a span of days that have a value.
select distinct subject, metric, valid_at
from observation_current
where status in ('measured', 'derived') and valid_at between $first and $last
