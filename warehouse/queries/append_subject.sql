-- A row for each subject whose catalog entry is new or has changed.
insert into subject by name
select brought.*, $known_at::timestamp as known_at
from brought
where catalog_json is distinct from (
  select arg_max(known.catalog_json, known.known_at) from subject as known where known.subject = brought.subject)
