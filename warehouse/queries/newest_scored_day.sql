-- The newest moment up to $until as of which there are scores, and when the newest of all was made; null where there are
-- none.
select max(as_of) filter (as_of <= $until::timestamp) as as_of, max(known_at) as known_at from score
