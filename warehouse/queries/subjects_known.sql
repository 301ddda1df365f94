-- The subjects as the catalog had them, as known at $known_at.
select subject, arg_max(name, known_at) as name, arg_max(kind, known_at) as kind
from subject
where known_at <= $known_at
group by subject
order by subject
