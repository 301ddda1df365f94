-- The arXiv ids of accepted papers that are not known yet.
insert into paper_arxiv by name
select appended.*, $known_at::timestamp as known_at, $run_id as run_id
from appended
anti join (from paper_arxiv anti join undone_run using (run_id)) as known using (venue, year, paper_id, arxiv_id)
