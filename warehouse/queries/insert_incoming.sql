-- Keep what is new; what the gates hold back is kept, marked, and never scored.
insert into observation by name
select incoming.* replace (
    case when held.subject is not null then 'missing' else status end as status,
    case when held.subject is not null then 'quarantined' else reason end as reason
  ),
  $known_at::timestamp as known_at, 0 as revision, $run_id as run_id
from incoming
left join (select * from verdict where is_held) as held using (subject, metric, method, source, valid_at)
