-- A row for each subject of a part that has not landed yet.
insert into archive_day by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from archive_day anti join undone_run using (run_id)) as known using (subject, day, part_sha256)
