-- The days of a span without an answer, and the cells (subjects, metrics) that lack just these days; the lists say
-- subject, metric, first and last day, of the subjects from $least to $most and the days from $since to $upto:
-- as constants these reach the scan, and all other observations are left unread.
-- A derived cell that could not be told has its answer: it follows from what is stored. So has a day that an archive
-- has for good with holes.
with asked as (
  select unnest($subjects) as subject, unnest($metrics) as metric,
    unnest($firsts) as first_day, unnest($lasts) as last_day
), present as (
  select distinct subject, metric, valid_at::date as day
  from observation_current
  where (status in ('measured', 'derived') or (method = 'exact' and reason = 'incomplete')
    or (source = 'gharchive' and status = 'missing'))
    and subject >= $least and subject <= $most and metric in (select unnest($metrics))
    and valid_at >= $since::timestamp and valid_at < $upto::timestamp + interval 1 day
), begun as (
  select distinct subject, metric from present
), cell as (
  select subject, metric, unnest(generate_series(first_day::timestamp, last_day::timestamp, interval 1 day))::date as day
  from asked semi join begun using (subject, metric)
), lacking as (
  select subject, metric, list(day::timestamp order by day) as days
  from cell anti join present using (subject, metric, day)
  group by subject, metric
  union all
  select subject, metric, generate_series(first_day::timestamp, last_day::timestamp, interval 1 day) as days
  from asked anti join begun using (subject, metric)
)
select days, list(subject) as subjects, list(metric) as metrics from lacking group by days
