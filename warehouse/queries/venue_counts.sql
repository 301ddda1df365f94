-- The last word of each list on each venue's year, and whether its papers are known.
select venue, year, source, papers, told, reason, url, raw_sha256,
  (venue, year) in (select (venue, year) from accepted_paper anti join undone_run using (run_id)) as is_accepted
from venue_count anti join undone_run using (run_id)
where source <> 'paperswithcode'
qualify row_number() over (partition by venue, year, source order by counted_at desc, known_at desc) = 1
order by venue, year, source
