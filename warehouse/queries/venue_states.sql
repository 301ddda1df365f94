-- How far the sample of each venue's year is: papers accepted, drawn, with a repository, naming a framework; the causes.
with counted as (
  select venue, year, string_agg(source || ' ' || coalesce(papers::varchar, reason), ', ' order by source) as counts
  from (
    select * from venue_count anti join undone_run using (run_id)
    qualify row_number() over (partition by venue, year, source order by counted_at desc, known_at desc) = 1
  )
  group by venue, year
), accepted as (
  select venue, year, count(distinct paper_id) as accepted from accepted_paper anti join undone_run using (run_id)
  group by venue, year
), drawn as (
  select venue, year, count(*) as drawn, count(state) as linked, count(*) filter (where state = 'named') as named
  from venue_sample group by venue, year
), silent as (
  select venue, year, sum(papers) filter (where cause = 'no_link')::bigint as no_link,
    string_agg(cause || ' ' || papers, ', ' order by cause) filter (where cause <> 'no_link') as silent
  from venue_silence group by venue, year
)
select venue, year, accepted, drawn, linked, named, no_link, silent, counts
from counted
left join accepted using (venue, year)
left join drawn using (venue, year)
left join silent using (venue, year)
order by year desc, venue
