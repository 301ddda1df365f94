-- The last reading of each paper's repository, and since when it has come to the same.
with word as (
  select * from code_verdict anti join undone_run using (run_id) where known_at < $before
), last as (
  select * from word qualify row_number() over (partition by repository order by read_at desc, known_at desc) = 1
)
select last.repository, last.state, last.commit_sha, last.read_at, min(word.read_at) as first_read_at
from last join word on word.repository = last.repository and word.state = last.state
group by all
