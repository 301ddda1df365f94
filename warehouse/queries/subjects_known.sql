-- The subjects that the catalog followed, as known at $known_at.
select subject, name, kind
from (
  select * from subject
  where known_at <= $known_at
  qualify row_number() over (partition by subject order by known_at desc) = 1
)
where is_followed
order by subject
