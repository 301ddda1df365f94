-- The days of a span without an answer, per subject and metric; the lists say subject, metric, first and last day.
-- A derived cell that could not be told has its answer: it follows from what is stored. So has a day that an archive
-- has for good with holes.
with asked as (
  select unnest($subjects) as subject, unnest($metrics) as metric,
    unnest($firsts) as first_day, unnest($lasts) as last_day
), cell as (
  select subject, metric, unnest(generate_series(first_day::timestamp, last_day::timestamp, interval 1 day))::date as day
  from asked
), present as (
  select distinct subject, metric, valid_at::date as day
  from observation_current
  where (status in ('measured', 'derived') or (method = 'exact' and reason = 'incomplete')
    or (source = 'gharchive' and status = 'missing'))
    and metric in (select unnest($metrics))
    and valid_at >= (select min(first_day) from asked) and valid_at < (select max(last_day) from asked) + interval 1 day
)
select subject, metric, list(day::timestamp order by day) as days
from cell
anti join present using (subject, metric, day)
group by subject, metric
order by subject, metric
