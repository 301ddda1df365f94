-- What was noticed of names while repositories were asked, once.
insert into quality_event by name
select distinct appended.*, $run_id as run_id, $known_at::timestamp as known_at
from appended
anti join quality_event as known using (kind, subject, metric, source, detail)
