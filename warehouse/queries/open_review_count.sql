-- How many facts wait for a review, and since when.
select kind, count(*) as findings, count(distinct (subject, metric)) as facts, min(opened_at) as oldest
from review_queue where closed_at is null group by kind order by kind
