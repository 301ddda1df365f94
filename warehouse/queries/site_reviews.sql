-- What stood in the review queue at a moment: facts that a person must look at again.
select subject, metric, kind, detail, opened_at, source, finding, about
from review_queue
where opened_at <= $known_at and (closed_at is null or closed_at > $known_at)
order by kind, subject, metric, about
