-- From when to when the days lie that a year of stars which goes on leaves behind; null where none does.
select min(old_until) - interval 365 days as dropped_from, max(until) - interval 365 days as dropped_until
from year_going_on
