-- Open a row for what was found and is not open already.
insert into review_queue by name
select found.*, $known_at::timestamp as opened_at, $run_id as run_id
from found
anti join (from review_queue where closed_at is null) as standing using (subject, metric, source, valid_from, finding, about)
