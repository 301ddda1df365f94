-- The newest known_at of anything stored. Of each table by itself: the database knows that without a look at its rows.
select max(known_at) as known_at
from (
  select max(known_at) as known_at from observation
  union all select max(known_at) as known_at from score
  union all select max(known_at) as known_at from run
  union all select max(known_at) as known_at from quality_event
  union all select max(known_at) as known_at from subject
  union all select max(known_at) as known_at from curated_fact
  union all select max(known_at) as known_at from issue
  union all select max(known_at) as known_at from issue_asked
  union all select max(known_at) as known_at from checkpoint
  union all select max(known_at) as known_at from refetched
  union all select max(known_at) as known_at from archive_day
  union all select max(known_at) as known_at from archive_hour
  union all select max(known_at) as known_at from question
  union all select max(known_at) as known_at from paper
  union all select max(known_at) as known_at from repository_state
  union all select max(known_at) as known_at from fact_reading
  union all select max(known_at) as known_at from repository_commits
  union all select max(known_at) as known_at from accepted_paper
  union all select max(known_at) as known_at from venue_count
  union all select max(known_at) as known_at from paper_arxiv
  union all select max(known_at) as known_at from paper_link
  union all select max(known_at) as known_at from code_verdict
)
