-- The landing itself, with what the run has added so far. It is degraded by what was asked for in vain, where it tells that;
-- what follows from stored rows and cannot be told yet degrades nothing then.
insert into run
select $run_id, $kind, $known_at::timestamp, $started_at::timestamp, $finished_at::timestamp,
  case when coalesce($unanswered, missing) + quarantined > 0 then 'degraded' else 'complete' end,
  observations, missing, quarantined, $version, $detail_json
from (
  select count(*) as observations, count(*) filter (status = 'missing' and reason <> 'quarantined') as missing,
    count(*) filter (reason = 'quarantined') as quarantined
  from observation
  where run_id = $run_id
) as counted
