-- The oldest moment that sources which are asked brought; what ships, curated facts and trackers keep other methods. And
-- whether the catalog says of anything that it does not apply.
select min(valid_at) filter (method >= 'exact') as since, coalesce(bool_or(source = 'catalog'), false) as has_catalog
from arrived
