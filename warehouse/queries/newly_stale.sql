-- Followed subjects whose newest snapshot turned older than a week between the last night and this run: each is told once.
with newest as (
  select subject, max(valid_at) filter (has_value) as newest
  from newest_word
  where method = 'snapshot'
  group by subject
), night as (
  select max(started_at) as started_at from run where kind = 'nightly' and run_id <> $run_id
)
select newest.subject, newest.newest
from newest
join subject as known on known.subject = newest.subject and known.is_followed
cross join night
where newest.newest < $started_at - interval 7 day and newest.newest >= night.started_at - interval 7 day
order by newest.subject
