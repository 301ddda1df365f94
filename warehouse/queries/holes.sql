-- The reason that the newest word on each cell of a span gives, where it has no value.
select subject, metric, any_value(reason order by known_at desc, revision desc) as reason
from observation_current
where status = 'missing' and valid_at >= $first and valid_at < $last::timestamp + interval 1 day
group by subject, metric
