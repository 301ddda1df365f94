-- Add the papers of days that are not known yet.
insert into paper by name
select listed_on, paper_id, repository, frameworks, packages, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from paper anti join undone_run using (run_id)) as known using (listed_on)
