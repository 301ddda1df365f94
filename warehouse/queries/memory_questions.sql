-- How many questions the newest cohort of each subject had.
select subject, count(distinct question) as questions
from question anti join undone_run using (run_id)
where known_at < $before
group by subject, seen_until
qualify row_number() over (partition by subject order by seen_until desc) = 1
