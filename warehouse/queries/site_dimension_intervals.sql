-- The newest 5-95 % intervals of dimension scores that were drawn up to a day.
-- Of the subjects behind $after, up to $upto, by name.
select subject, dimension, as_of, rubric, lo, hi
from dimension_interval
where as_of <= $before and subject > $after and subject <= $upto
qualify row_number() over (partition by subject, dimension, as_of, rubric order by known_at desc) = 1
order by subject, dimension, as_of
