-- When each subject's contributors were last counted by GitHub.
select subject, max(valid_at) as asked_at
from observation
where metric = 'github.contributors' and source = 'github' and status = 'measured' and known_at < $before
group by subject
