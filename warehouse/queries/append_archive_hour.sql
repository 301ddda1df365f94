-- A row for each file of a part that has not landed yet.
insert into archive_hour by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from archive_hour anti join undone_run using (run_id)) as known using (day, hour, part_sha256)
