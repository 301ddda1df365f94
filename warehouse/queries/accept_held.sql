-- Take for real what is held back of one metric of one subject, up to a day.
insert into accepted by name
select subject, metric, method, source, valid_at, value, $reason as reason, $known_at::timestamp as known_at,
  $run_id as run_id
from observation_current
where subject = $subject and metric = $metric and reason = 'quarantined'
  and valid_at < coalesce($before::timestamp, timestamp '9999-01-01')
