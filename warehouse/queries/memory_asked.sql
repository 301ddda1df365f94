-- When each metric of each subject was last had from its source.
select metric, subject, max(valid_at) as asked_at
from observation anti join undone_run using (run_id)
where method not in ('archived', 'curated', 'catalog') and status in ('measured', 'derived') and known_at < $before
group by metric, subject
