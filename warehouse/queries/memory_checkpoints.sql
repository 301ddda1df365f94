-- Where the last walk through each subject's issues stands.
select subject, since, "cursor", reached, issues
from checkpoint anti join undone_run using (run_id)
where known_at < $before
qualify row_number() over (partition by subject order by known_at desc, issues desc) = 1
