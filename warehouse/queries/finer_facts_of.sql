-- How many finer facts of a run are taken back with it, by table.
select "table", count(*) as "rows"
from (
  select 'accepted' as "table", run_id from accepted
  union all select 'archive_day', run_id from archive_day
  union all select 'accepted_paper', run_id from accepted_paper
  union all select 'code_verdict', run_id from code_verdict
  union all select 'checkpoint', run_id from checkpoint
  union all select 'fact_reading', run_id from fact_reading
  union all select 'issue', run_id from issue
  union all select 'issue_asked', run_id from issue_asked
  union all select 'paper', run_id from paper
  union all select 'paper_arxiv', run_id from paper_arxiv
  union all select 'paper_link', run_id from paper_link
  union all select 'question', run_id from question
  union all select 'repository_commits', run_id from repository_commits
  union all select 'repository_state', run_id from repository_state
  union all select 'venue_count', run_id from venue_count
)
where run_id = $run_id
group by "table"
order by "table"
