-- How many readings of one metric of one subject are held back before a moment, and since when.
select count(*) as readings, min(valid_at) as since
from observation_current
where subject = $subject and metric = $metric and reason = 'quarantined'
  and valid_at < coalesce($before::timestamp, timestamp '9999-01-01')
