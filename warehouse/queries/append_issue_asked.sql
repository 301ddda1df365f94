-- A row for each issue that was asked for, once for each moment of asking.
insert into issue_asked by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from issue_asked anti join undone_run using (run_id)) as known using (subject, number, asked_at)
