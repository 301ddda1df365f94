-- Of how many days of the year every repository that a daily paper names was read.
with verdict as (
  select distinct repository from code_verdict anti join undone_run using (run_id) where known_at <= $known_at
), day as (
  select listed_on, bool_and(paper.repository is null or verdict.repository is not null) as is_read
  from (from paper anti join undone_run using (run_id)) as paper
  left join verdict on verdict.repository = lower(paper.repository)
  where listed_on < $until::date and listed_on >= $until::date - interval 365 days and known_at <= $known_at
  group by listed_on
)
select count(*) filter (where is_read) as days_read from day
