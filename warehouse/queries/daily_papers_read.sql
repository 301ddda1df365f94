-- The daily papers of 730 days whose code names a framework, each once: the main one, and the modules that it imports.
with verdict as (
  select repository, state, main, libraries
  from code_verdict anti join undone_run using (run_id)
  where known_at <= $known_at
  qualify row_number() over (partition by repository order by read_at desc, known_at desc) = 1
)
select listed_on, paper_id, [main] as frameworks, json_keys(libraries) as packages
from (from paper anti join undone_run using (run_id)) as paper
join verdict on verdict.repository = lower(paper.repository)
where verdict.state = 'named' and listed_on < $until::date and listed_on >= $until::date - interval 730 days
  and known_at <= $known_at
qualify row_number() over (partition by paper_id order by listed_on) = 1
order by listed_on, paper_id
