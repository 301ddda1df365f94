-- What a run has found that a person must look at, and that still stands.
select subject, metric, finding, about
from review_queue
where run_id = $run_id and closed_at is null
order by subject, metric, finding, about
