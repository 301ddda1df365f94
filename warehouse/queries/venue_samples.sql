-- The papers of each venue's year that were drawn, with what their code came to, and how many were accepted in all.
with accepted as (
  select venue, year, count(distinct paper_id) as accepted from accepted_paper anti join undone_run using (run_id) group by all
)
select venue, year, accepted, state, main, libraries
from accepted
join venue_sample using (venue, year)
order by venue, year, place, paper_id
