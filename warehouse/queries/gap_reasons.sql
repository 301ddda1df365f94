-- How many cells of each source lack their newest answer, and why. Of the subjects behind $after, up to $upto, by name.
select source, reason, count(*) as missing
from gap
where subject > $after and subject <= $upto
group by source, reason
