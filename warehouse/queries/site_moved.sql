-- Figures that differ from what they were before $since: the newest value of each, and the one before it.
-- Of the subjects behind $after, up to $upto, by name.
select subject, metric, arg_max(value, day) filter (day < $since) as before, max(day) filter (day < $since) as since,
  arg_max(value, day) as after, max(day) as day
from metric_daily
where metric in (select unnest($metrics)) and value is not null and day < $before
  and subject > $after and subject <= $upto
group by subject, metric
having max(day) >= $since and before is not null and before is distinct from after
order by subject, metric
