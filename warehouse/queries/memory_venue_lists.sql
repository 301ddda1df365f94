-- Of each year of a venue: whether its papers and their arXiv ids are known, and when they were last asked for.
with counted as (
  select venue, year, max(counted_at) filter (where source = 'openreview') as asked_at,
    max(counted_at) filter (where source = 'paperswithcode') as index_asked_at,
    coalesce(bool_or(source = 'paperswithcode' and reason is null), false) as is_indexed
  from venue_count anti join undone_run using (run_id) where known_at < $before group by all
), accepted as (
  select venue, year, min(known_at) as accepted_at from accepted_paper anti join undone_run using (run_id)
  where known_at < $before group by all
)
select venue || '-' || year as edition, asked_at, index_asked_at, is_indexed, accepted_at,
  accepted_at is not null as is_accepted
from counted left join accepted using (venue, year)
