-- How many issues each repository has by its own count: open ones and closed ones.
select subject, sum(value)::bigint as issues
from metric_latest
where metric in ('github.open_issues', 'github.issues_closed_ever') and value is not null
group by subject
having count(*) = 2
