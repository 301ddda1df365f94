-- What arrived of some subjects.
from (from known union all from brought)
where subject >= $first and subject < $before
