-- The newest change of an issue that is known, per subject: the next walk begins there.
select subject, max(updated_at) as updated_at from issue where known_at < $before group by subject
