-- Where parts of so many subjects ($at_once) end, by name, of all that anything was said of.
select subject
from (select distinct subject from newest_word)
qualify row_number() over (order by subject) % $at_once = 0
order by subject
