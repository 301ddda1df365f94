-- The first cells whose newest answer is missing. Of the subjects behind $after, up to $upto, by name.
select subject, metric, source, reason, valid_at, is_recoverable, past
from gap
where subject > $after and subject <= $upto
order by subject, metric
limit $most
