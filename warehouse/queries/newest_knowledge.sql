-- The newest known_at of anything stored.
select max(known_at) as known_at
from (select known_at from observation union all select known_at from score union all select known_at from run)
