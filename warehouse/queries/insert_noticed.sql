-- What was noticed while facts were derived, once.
insert into quality_event by name
select noticed.*, $run_id as run_id, $known_at::timestamp as known_at
from noticed
anti join quality_event as known
  on known.kind = noticed.kind and known.subject = noticed.subject and known.metric = noticed.metric
    and known.source = noticed.source and known.valid_at = noticed.valid_at
    and known.value is not distinct from noticed.value and known.expected is not distinct from noticed.expected
