-- When the first subject was followed; null where none ever was.
select min(known_at) as known_at from subject
