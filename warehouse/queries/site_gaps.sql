-- The first cells whose newest answer is missing, and how many there are in all (total).
select subject, metric, source, reason, valid_at, is_recoverable, past, count(*) over () as total
from gap
order by subject, metric
limit $most
