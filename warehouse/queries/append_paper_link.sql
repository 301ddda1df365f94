-- Links from papers to code that are not known yet: of one way, paper and address the first day counts.
insert into paper_link by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
where not exists (
  from (from paper_link anti join undone_run using (run_id)) as known
  where known.venue = appended.venue and known.year = appended.year and known.paper_id = appended.paper_id
    and known.way = appended.way and known.address is not distinct from appended.address)
