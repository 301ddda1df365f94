-- How many issues each repository has by its own count: open ones and closed ones.
select subject, sum(value)::bigint as issues
from newest_word
where metric in ('github.open_issues', 'github.issues_closed_ever') and method = 'snapshot' and source = 'github'
  and has_value and valid_at <= coalesce((select moment from present), timestamp 'infinity')
group by subject
having count(*) = 2
