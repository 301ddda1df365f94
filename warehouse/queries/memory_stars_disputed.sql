-- Whose star history does not sum to the count, unless it was asked for again in the 30 days before that was noticed or since.
select event.subject, max(event.known_at) as disputed_at
from (from quality_event anti join undone_run using (run_id)) as event
where kind = 'disagreement' and metric = 'github.stars' and source = 'github' and known_at < $before
  and not exists (
    select 1 from refetched anti join undone_run using (run_id)
    where refetched.subject = event.subject and refetched.metric = event.metric
      and refetched.known_at > event.known_at - interval 30 days
  )
group by event.subject
