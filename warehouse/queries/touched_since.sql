-- The oldest moment from which on series are looked at, where not whole; and whose they are, where they are few enough to
-- be looked for by name.
select min(since) as since, case when count(distinct subject) <= 100 then list(distinct subject) end as subjects
from touched
