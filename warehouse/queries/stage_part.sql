-- What arrived of some subjects.
from (from known union all from brought)
where subject > $after and subject <= $upto
