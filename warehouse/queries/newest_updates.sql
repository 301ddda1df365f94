-- Per subject, the newest change of an issue that is known: the next walk begins there.
select subject, max(updated_at) as updated_at from issue group by subject order by subject
