-- Accepted papers that the frozen archive may know, and that were not looked for in it yet, with the words of their titles.
select venue, year, paper_id, arxiv_id, trim(regexp_replace(lower(title), '\W+', ' ', 'g')) as words
from paper_code
where year <= 2025 and (venue, year) not in (
  select distinct (venue, year) from paper_link anti join undone_run using (run_id) where way = 'archive')
