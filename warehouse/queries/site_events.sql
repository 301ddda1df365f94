-- What looked wrong up to a day, newest first.
select subject, metric, source, valid_at, known_at, kind, value, expected, detail
from quality_event
where valid_at < $before and known_at <= $known_at
order by valid_at desc, subject, metric, kind
