-- Days of which stars were counted back from a history that a run has fetched anew.
select distinct subject, valid_at as day
from observation_current
where metric = 'github.stars' and method = 'reconstructed' and source = 'github' and status = 'derived'
  and subject in (select subject from refetched where run_id = $run_id and metric = 'github.stars')
order by subject, day
